-- One row per conversion type and channel that its paths hold, with a bit of its own where there
-- are few enough that every set of them can be looked at.
with channels as (

    select distinct
        conversion_type,
        word as channel
    from {{ unnest_words(ref('int_paths_counted'), 'path', ' > ') }} as words
    where level = 'channel'

),

numbered as (

    select
        conversion_type,
        channel,
        row_number() over (partition by conversion_type order by channel) as channel_number,
        count(*) over (partition by conversion_type) as channel_count
    from channels

),

few as (

    select
        conversion_type,
        channel,
        channel_count,
        case
            when channel_count <= {{ var('shapley_max_channels') }}
                then cast(power(2, channel_number - 1) as bigint)
        end as channel_bit
    from numbered

)

select * from few
