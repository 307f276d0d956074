-- One row per conversion type, drawn order, way of reading it, channel and group of customers left
-- out, and one with none left out: the rate at which paths convert that hold no other channel than
-- those that have joined when this one has.
with types as (

    select distinct conversion_type
    from {{ ref('int_channel_orders_drawn') }}

),

left_out as (

    select
        types.conversion_type,
        sample_groups.sample_group
    from types
    cross join {{ ref('int_groups_left_out') }} as sample_groups
    where types.conversion_type <> 'path'
    union all
    select
        conversion_type,
        cast(null as int) as sample_group
    from types

),

orders as (

    select
        conversion_type,
        draw,
        false as is_from_end,
        channel,
        place
    from {{ ref('int_channel_orders_drawn') }}
    union all
    select
        conversion_type,
        draw,
        true as is_from_end,
        channel,
        place_from_end as place
    from {{ ref('int_channel_orders_drawn') }}

),

added as (

    select
        conversion_type,
        draw,
        is_from_end,
        place,
        cast(sum(conversions) as decimal(28, 8)) as conversions,
        cast(sum(journeys) as decimal(28, 8)) as journeys
    from {{ ref('int_channel_sets_completed') }}
    group by conversion_type, draw, is_from_end, place

),

joined as (

    select
        orders.conversion_type,
        orders.draw,
        orders.is_from_end,
        orders.channel,
        orders.place,
        left_out.sample_group,
        cast(
            sum(added.conversions - coalesce(of_group.conversions, 0)) over (joining) as double
        )
        / nullif(
            cast(sum(added.journeys - coalesce(of_group.journeys, 0)) over (joining) as double), 0
        ) as conversion_rate
    from orders
    inner join left_out
        on orders.conversion_type = left_out.conversion_type
    left join added
        on
            orders.conversion_type = added.conversion_type
            and orders.draw = added.draw
            and orders.is_from_end = added.is_from_end
            and orders.place = added.place
    left join {{ ref('int_channel_sets_completed') }} as of_group
        on
            orders.conversion_type = of_group.conversion_type
            and orders.draw = of_group.draw
            and orders.is_from_end = of_group.is_from_end
            and orders.place = of_group.place
            and left_out.sample_group = of_group.sample_group
    window joining as (
        partition by
            orders.conversion_type, orders.draw, orders.is_from_end, left_out.sample_group
        order by orders.place
    )

)

select * from joined
