-- One row per segment and customer in it. "Browsed, did not buy" 浏览未购: looked at an item in the
-- last 30 days of the data and has not bought since; someone to call back.
with data_clock as (

    select max(last_seen_at) as now_at
    from {{ ref('customers') }}

),

browsed_not_bought as (

    select
        'browsed_not_bought' as segment,
        customers.customer_id,
        customers.last_item_view_at as entered_at,
        'viewed an item, no order since' as reason
    from {{ ref('customers') }} as customers
    cross join data_clock
    where
        customers.last_item_view_at > data_clock.now_at - interval 30 day
        and (
            customers.last_order_at is null
            or customers.last_order_at < customers.last_item_view_at
        )

)

select * from browsed_not_bought
