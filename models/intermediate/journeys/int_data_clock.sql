-- One row: the end of the data, which is when anybody was last seen. A rebuild later gives the
-- same.
with clock as (

    select
        max(last_seen_at) as now_at,
        {{ local_date('max(last_seen_at)') }} as now_date
    from {{ ref('customers') }}

)

select * from clock
