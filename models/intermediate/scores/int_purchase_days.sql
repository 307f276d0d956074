-- One row per customer and day on which they paid an order, had one returned, or signed a contract.
-- paid_revenue is what was known on the day; net_revenue knows the refunds of today.
with ordered as (

    select
        customer_id,
        order_date as purchase_date,
        case when order_kind = 'sale' then 1 else 0 end as order_count,
        0 as contract_count,
        case when order_kind = 'sale' then gross_revenue else 0 end as paid_revenue,
        net_revenue
    from {{ ref('orders') }}
    where paid_at is not null and customer_id <> 'unknown'

),

signed as (

    select
        customer_id,
        {{ local_date('converted_at') }} as purchase_date,
        0 as order_count,
        1 as contract_count,
        cast(0 as decimal(18, 4)) as paid_revenue,
        cast(0 as decimal(18, 4)) as net_revenue
    from {{ ref('int_conversions_identified') }}
    where conversion_type = 'contract' and customer_id <> 'unknown'

),

unioned as (

    select * from ordered
    union all
    select * from signed

),

by_day as (

    select
        customer_id,
        purchase_date,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(order_count + contract_count) as bigint) as purchase_count,
        cast(sum(paid_revenue) as decimal(18, 4)) as paid_revenue,
        cast(sum(net_revenue) as decimal(18, 4)) as net_revenue
    from unioned
    group by customer_id, purchase_date

)

select * from by_day
