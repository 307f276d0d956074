-- One row per customer and the group that it is drawn into, by the smallest of its identifiers:
-- what a customer is called hangs on what was known first, who it is does not.
with smallest as (

    select
        customer_id,
        min(identifier_id) as identifier_id
    from {{ ref('int_identifiers_resolved') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

grouped as (

    select
        customer_id,
        {{ sample_group('identifier_id') }} as sample_group
    from smallest

)

select * from grouped
