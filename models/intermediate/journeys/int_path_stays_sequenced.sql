-- One row per conversion type, path and stay in it: touches of one channel in a row are one stay.
-- Stays are numbered from the end, where paths of all lengths meet.
with touches as (

    select
        conversion_type,
        path,
        cast(conversions as decimal(28, 8)) as conversions,
        cast(non_conversions as decimal(28, 8)) as non_conversions,
        cast(revenue as decimal(28, 8)) as revenue,
        word as channel,
        word_before_1 as previous_channel,
        ordinal as touch_position
    from {{ unnest_words(ref('int_paths_counted'), 'path', ' > ', before=1) }} as words
    where level = 'channel'

),

stays as (

    select
        conversion_type,
        path,
        conversions,
        non_conversions,
        revenue,
        row_number() over from_end as stay_from_end,
        channel,
        previous_channel,
        lag(channel) over from_end as next_channel
    from touches
    where channel is distinct from previous_channel
    window from_end as (partition by conversion_type, path order by touch_position desc)

)

select * from stays
