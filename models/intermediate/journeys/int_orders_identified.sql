-- One row per order with the customer it belongs to.
with identified as (

    select
        orders.*,
        sets.customer_id
    from {{ ref('int_orders_composed') }} as orders
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on orders.identifier_set_id = sets.identifier_set_id

)

select * from identified
