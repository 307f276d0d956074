-- One row per channel and period that a target is for, of whatever KPIs.
with periods as (

    select distinct
        channel,
        starts_on,
        ends_on
    from {{ ref('kpi_targets') }}

)

select * from periods
