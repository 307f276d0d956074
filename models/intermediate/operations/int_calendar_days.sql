-- One row per day that a metric may be asked for.
with spined as (

    {{ dbt.date_spine(
        datepart='day',
        start_date="cast('2020-01-01' as date)",
        end_date="cast('2036-01-01' as date)"
    ) }}

),

dated as (

    select cast(date_day as date) as calendar_date from spined

)

select * from dated
