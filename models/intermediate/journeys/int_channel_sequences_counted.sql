-- One row per conversion type and sequence of two or three channels: journeys that touched them for
-- the first time in this order, whatever they touched before, between and after.
with firsts as (

    select
        conversion_type,
        channel_order,
        conversions,
        journeys,
        word as channel_1,
        ordinal as place_1
    from {{ unnest_words(ref('int_channel_orders_counted'), 'channel_order', ' > ') }} as words

),

pairs as (

    select
        conversion_type,
        channel_order,
        conversions,
        journeys,
        channel_1,
        word as channel_2,
        ordinal as place_2
    from {{ unnest_words('firsts', 'channel_order', ' > ') }} as words
    where ordinal > place_1

),

triples as (

    select
        conversion_type,
        conversions,
        journeys,
        channel_1,
        channel_2,
        word as channel_3
    from {{ unnest_words('pairs', 'channel_order', ' > ') }} as words
    where ordinal > place_2

),

sequences as (

    select
        conversion_type,
        conversions,
        journeys,
        channel_1,
        channel_2,
        cast(null as string) as channel_3,
        2 as channel_count
    from pairs
    union all
    select
        conversion_type,
        conversions,
        journeys,
        channel_1,
        channel_2,
        channel_3,
        3 as channel_count
    from triples

),

counted as (

    select
        conversion_type,
        channel_1,
        channel_2,
        channel_3,
        channel_count,
        sum(conversions) as conversions,
        sum(journeys) as journeys
    from sequences
    group by conversion_type, channel_1, channel_2, channel_3, channel_count
    having sum(journeys) >= {{ var('pattern_min_journeys') }}

)

select * from counted
