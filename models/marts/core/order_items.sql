-- One row per order and item of it: what was bought, and what is left of it after refunds.
with touched as (

    select
        order_id,
        source,
        source_order_id,
        replace_group,
        customer_id,
        order_kind,
        order_status,
        paid_at,
        {{ local_date('coalesce(paid_at, ordered_at)') }} as order_date
    from {{ ref('int_orders_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

summed as (

    select
        touched.order_id,
        touched.customer_id,
        touched.source,
        touched.order_kind,
        touched.order_status,
        touched.paid_at,
        touched.order_date,
        nullif(lines.item_id, '') as item_id,
        cast(sum(lines.quantity) as bigint) as quantity,
        sum(lines.gross_revenue) as gross_revenue,
        sum(lines.refunded_revenue) as refunded_revenue
    from touched
    inner join {{ ref('int_order_lines_counted') }} as lines
        on
            touched.replace_group = lines.replace_group
            and touched.source = lines.source
            and touched.source_order_id = lines.source_order_id
    group by
        touched.order_id, touched.customer_id, touched.source, touched.order_kind,
        touched.order_status, touched.paid_at, touched.order_date, nullif(lines.item_id, '')

),

valued as (

    select
        cast({{ hash_id("cast(order_id as string) || '|' || coalesce(item_id, '')") }} as string)
            as order_item_id,
        cast(order_id as string) as order_id,
        customer_id,
        source,
        item_id,
        order_kind,
        order_date,
        quantity,
        {{ order_money() }}
    from summed

)

select * from valued
