-- One row per conversion type, path and stay in it: touches of one channel in a row are one stay.
-- Stays are numbered from the end, where paths of all lengths meet.
with touches as (

    select
        paths.conversion_type,
        paths.path,
        cast(paths.conversions as decimal(28, 8)) as conversions,
        cast(paths.non_conversions as decimal(28, 8)) as non_conversions,
        cast(paths.revenue as decimal(28, 8)) as revenue,
        words.word as channel,
        words.ordinal as touch_position,
        lead(words.word) over (
            partition by paths.conversion_type, paths.path order by words.ordinal
        ) as next_channel
    from {{ ref('int_paths_counted') }} as paths
    {{ unnest_words('paths.path', ' > ') }}

),

stays as (

    select
        conversion_type,
        path,
        conversions,
        non_conversions,
        revenue,
        row_number() over (
            partition by conversion_type, path order by touch_position desc
        ) as stay_from_end,
        channel,
        lag(channel) over (
            partition by conversion_type, path order by touch_position
        ) as previous_channel,
        next_channel
    from touches
    where channel is distinct from next_channel

)

select * from stays
