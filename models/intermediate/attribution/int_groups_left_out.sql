-- One row per group of customers that figures are computed again without. Of a single group nothing
-- would be left: then there is none.
with counted as (

    select
        sample_group,
        count(*) over () as group_count
    from {{ ref('int_customers_grouped') }}
    group by sample_group

),

several as (

    select * from counted
    where group_count > 1

)

select * from several
