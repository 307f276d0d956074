-- One row per customer that is likely part of another one: its one best partner, and how likely.
-- Exact tables stay as they are; who believes a match joins this table to them.
with matched as (

    select
        customer_id,
        likely_customer_id,
        probability,
        match_method,
        evidence
    from {{ ref('int_customers_matched') }}

)

select * from matched
