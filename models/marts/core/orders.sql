-- One row per order.
with touched as (

    select
        cast(order_id as string) as order_id,
        source,
        source_order_id,
        customer_id,
        order_kind,
        cast(original_order_id as string) as original_order_id,
        order_status,
        store_id,
        staff_id,
        creative_id,
        content_id,
        ordered_at,
        paid_at,
        {{ local_date('coalesce(paid_at, ordered_at)') }} as order_date,
        item_count,
        {{ order_money() }},
        'CNY' as currency
    from {{ ref('int_orders_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

)

select * from touched
