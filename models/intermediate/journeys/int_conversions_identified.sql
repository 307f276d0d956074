-- One row per conversion: a paid order that was a sale. A refund lowers its revenue, a cancelled
-- order never was one.
with conversions as (

    select
        order_id as conversion_id,
        'purchase' as conversion_type,
        customer_id,
        paid_at as converted_at,
        cast(gross_revenue - refunded_revenue as double) as revenue
    from {{ ref('int_orders_identified') }}
    where order_kind = 'sale' and paid_at is not null and order_status <> 'cancelled'

)

select * from conversions
