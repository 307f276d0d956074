-- One row per conversion type, drawn order, place in it and group of customers: paths of which the
-- last channel joins there.
with members as (

    select
        conversion_type,
        channel_set_id,
        word as channel
    from {{ unnest_words(ref('int_channel_sets_counted'), 'channel_set', ' > ') }} as words

),

-- read from its end, the last one is the first
reached as (

    select
        orders.conversion_type,
        orders.draw,
        members.channel_set_id,
        max(orders.place) as last_place,
        max(orders.place_from_end) as last_place_from_end
    from {{ ref('int_channel_orders_drawn') }} as orders
    inner join members
        on
            orders.conversion_type = members.conversion_type
            and orders.channel = members.channel
    group by orders.conversion_type, orders.draw, members.channel_set_id

),

grouped as (

    select
        reached.conversion_type,
        reached.draw,
        reached.last_place,
        reached.last_place_from_end,
        sets.sample_group,
        sum(sets.conversions) as conversions,
        sum(sets.journeys) as journeys
    from reached
    inner join {{ ref('int_channel_sets_grouped') }} as sets
        on reached.channel_set_id = sets.channel_set_id
    group by
        reached.conversion_type,
        reached.draw,
        reached.last_place,
        reached.last_place_from_end,
        sets.sample_group

),

both_ways as (

    select
        conversion_type,
        draw,
        false as is_from_end,
        last_place as place,
        sample_group,
        conversions,
        journeys
    from grouped
    union all
    select
        conversion_type,
        draw,
        true as is_from_end,
        last_place_from_end as place,
        sample_group,
        conversions,
        journeys
    from grouped

),

counted as (

    select
        conversion_type,
        draw,
        is_from_end,
        place,
        sample_group,
        cast(sum(conversions) as decimal(28, 8)) as conversions,
        cast(sum(journeys) as decimal(28, 8)) as journeys
    from both_ways
    group by conversion_type, draw, is_from_end, place, sample_group

)

select * from counted
