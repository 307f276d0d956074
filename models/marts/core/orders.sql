-- One row per order.
with touched as (

    select
        cast(order_id as string) as order_id,
        source,
        source_order_id,
        customer_id,
        order_kind,
        order_status,
        store_id,
        staff_id,
        creative_id,
        content_id,
        ordered_at,
        paid_at,
        {{ local_date('coalesce(paid_at, ordered_at)') }} as order_date,
        item_count,
        cast(case when order_kind = 'sale' then gross_revenue else 0 end as decimal(18, 4))
            as gross_revenue,
        -- a return is a document of its own, its amount negative
        cast(
            case when order_kind = 'sale' then refunded_revenue else -gross_revenue end
            as decimal(18, 4)
        ) as refunded_revenue,
        cast(
            case
                when order_kind = 'return' then gross_revenue
                when paid_at is null or order_status = 'cancelled' then 0
                else gross_revenue - refunded_revenue
            end as decimal(18, 4)
        ) as net_revenue,
        'CNY' as currency
    from {{ ref('int_orders_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

)

select * from touched
