-- One row per happening that can be a conversion: a paid order that was a sale, or an event of a
-- type that is one. A deal that the CRM withdrew in the end is none.
with told as (

    select
        events.*,
        sets.customer_id,
        {{ deal_id() }} as deal_id
    from {{ ref('int_events_counted') }} as events
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on events.identifier_set_id = sets.identifier_set_id
    where
        events.event_type in (
            select types.event_type from {{ ref('int_conversion_types') }} as types
        )
        -- what orders tell, too
        and events.event_type <> 'purchase'

),

-- what a till takes back is an order of its own, and yet no longer what the sale brought
returned as (

    select
        order_id,
        sum(returned_revenue) as returned_revenue
    from {{ ref('int_orders_returned') }}
    group by order_id

),

happened as (

    select
        'purchase' as event_type,
        cast(orders.order_id as string) as event_id,
        cast(orders.order_id as string) as happening_id,
        orders.order_id,
        orders.customer_id,
        orders.paid_at as converted_at,
        cast(
            orders.gross_revenue - orders.refunded_revenue - coalesce(returned.returned_revenue, 0)
            as double
        ) as revenue
    from {{ ref('int_orders_identified') }} as orders
    left join returned
        on orders.order_id = returned.order_id
    where
        orders.order_kind = 'sale'
        and orders.paid_at is not null
        and orders.order_status <> 'cancelled'
    union all
    select
        told.event_type,
        told.event_id,
        coalesce(told.deal_id || '|' || told.customer_id, told.event_id) as happening_id,
        cast(null as bigint) as order_id,
        told.customer_id,
        told.occurred_at as converted_at,
        try_cast({{ json_text('told.properties', 'amount') }} as double) as revenue
    from told
    left join {{ ref('int_events_withdrawn') }} as withdrawn
        on told.event_id = withdrawn.event_id
    where withdrawn.event_id is null

)

select * from happened
