-- One row per conversion type and order in which the channels of a path were touched for the first
-- time: paths are many, these are few.
with met as (

    select
        conversion_type,
        path,
        cast(max(conversions) as decimal(28, 8)) as conversions,
        cast(max(conversions + non_conversions) as decimal(28, 8)) as journeys,
        word as channel,
        min(ordinal) as first_touch
    from {{ unnest_words(ref('int_paths_counted'), 'path', ' > ') }} as words
    where level = 'channel'
    group by conversion_type, path, word

),

ordered as (

    select
        conversion_type,
        path,
        max(conversions) as conversions,
        max(journeys) as journeys,
        {{ join_words('channel', ' > ', 'first_touch') }} as channel_order
    from met
    group by conversion_type, path

),

counted as (

    select
        conversion_type,
        channel_order,
        cast(sum(conversions) as decimal(28, 8)) as conversions,
        cast(sum(journeys) as decimal(28, 8)) as journeys
    from ordered
    group by conversion_type, channel_order

)

select * from counted
