-- Revenue would hang on a customer who is gone, or be counted under two after a merge.
with of_customers as (

    select
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(order_count), 0) as order_count
    from {{ ref('customers') }}

),

of_orders as (

    select
        coalesce(sum(net_revenue), 0) as net_revenue,
        count(case when order_kind = 'sale' and paid_at is not null then 1 end) as order_count
    from {{ ref('orders') }}
    where customer_id <> 'unknown'

)

select
    of_customers.net_revenue as net_revenue_of_customers,
    of_orders.net_revenue as net_revenue_of_orders,
    of_customers.order_count as order_count_of_customers,
    of_orders.order_count as order_count_of_orders
from of_customers
cross join of_orders
where
    of_customers.net_revenue <> of_orders.net_revenue
    or of_customers.order_count <> of_orders.order_count
