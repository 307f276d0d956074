-- One row per customer that would be another one if likely matches were believed, and who it would
-- be: those who are likely part of somebody, and whom they are part of.
with joined as (

    select
        customer_id,
        likely_customer_id
    from {{ ref('int_customers_matched') }}
    where probability >= {{ var('match_likely_from') }}

),

with_partners as (

    select * from joined
    union
    select
        likely_customer_id as customer_id,
        likely_customer_id
    from joined

)

select * from with_partners
