-- Items that add up to less or more than their order.
with summed as (

    select
        order_id,
        sum(quantity) as quantity,
        sum(gross_revenue) as gross_revenue,
        sum(refunded_revenue) as refunded_revenue,
        sum(net_revenue) as net_revenue
    from {{ ref('order_items') }}
    group by order_id

),

compared as (

    select
        orders.order_id,
        orders.net_revenue,
        summed.net_revenue as net_revenue_of_items
    from {{ ref('orders') }} as orders
    left join summed
        on orders.order_id = summed.order_id
    where
        summed.order_id is null
        or orders.item_count <> summed.quantity
        or orders.gross_revenue <> summed.gross_revenue
        or orders.refunded_revenue <> summed.refunded_revenue
        or orders.net_revenue <> summed.net_revenue

)

select * from compared
