-- One row per order and step of it that is an event: paid, refunded, cancelled. The purchase of an
-- order that an event reported is that event.
with steps as (

    select
        orders.*,
        event_types.event_type,
        case event_types.event_type
            when 'purchase' then orders.paid_at
            when 'refund' then coalesce(orders.refunded_at, orders.ordered_at)
            else orders.ordered_at
        end as occurred_at
    from {{ ref('int_orders_identified') }} as orders
    inner join {{ ref('event_types') }} as event_types
        on
            (
                event_types.event_type = 'purchase' and orders.paid_at is not null
                and orders.order_kind = 'sale' and not orders.is_reported_by_event
            )
            or (
                event_types.event_type = 'refund'
                and (orders.refunded_revenue > 0 or orders.order_kind = 'return')
            )
            or (event_types.event_type = 'order_cancel' and orders.order_status = 'cancelled')

),

order_events as (

    select
        cast(order_id as string) || ':' || event_type as event_id,
        customer_id,
        {{ null_columns(['session_id', 'device_id']) }},
        source,
        cast(null as string) as channel,
        event_type,
        order_kind as raw_event,
        order_status as raw_discriminator,
        occurred_at,
        -- an order is composed of many records
        cast(null as timestamp) as received_at,
        source_order_id,
        {{ null_columns(['item_id', 'page_url', 'campaign_id', 'ad_id']) }},
        creative_id,
        content_id,
        cast(null as string) as keyword,
        store_id,
        staff_id,
        {{ null_columns(['properties', 'click_id', 'exclusion_reason', 'counted_with']) }}
    from steps

)

select * from order_events
