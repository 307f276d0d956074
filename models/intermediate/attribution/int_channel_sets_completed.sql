-- One row per conversion type, drawn order, place in it and group of customers: paths of which the
-- last channel joins there.
with members as (

    select
        sets.conversion_type,
        sets.channel_set,
        words.word as channel
    from {{ ref('int_channel_sets_counted') }} as sets
    {{ unnest_words('sets.channel_set', ' > ') }}

),

completed as (

    select
        orders.conversion_type,
        orders.draw,
        orders.is_from_end,
        members.channel_set,
        max(orders.place) as place
    from {{ ref('int_channel_orders_drawn') }} as orders
    inner join members
        on
            orders.conversion_type = members.conversion_type
            and orders.channel = members.channel
    group by
        orders.conversion_type, orders.draw, orders.is_from_end, members.channel_set

),

counted as (

    select
        completed.conversion_type,
        completed.draw,
        completed.is_from_end,
        completed.place,
        sets.sample_group,
        sum(sets.conversions) as conversions,
        sum(sets.journeys) as journeys
    from completed
    inner join {{ ref('int_channel_sets_grouped') }} as sets
        on
            completed.conversion_type = sets.conversion_type
            and completed.channel_set = sets.channel_set
    group by
        completed.conversion_type,
        completed.draw,
        completed.is_from_end,
        completed.place,
        sets.sample_group

)

select * from counted
