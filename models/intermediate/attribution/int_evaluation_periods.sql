-- One row per conversion type: the last days, on which models are judged, and those before, of
-- which they are taken.
with lasts as (

    select
        conversion_type,
        cast(min(conversion_date) - interval 1 day as date) as before_first_date,
        max(conversion_date) as last_date,
        cast(
            max(conversion_date) - interval {{ var('evaluation_held_out_days') }} day as date
        ) as trained_to
    from {{ ref('conversions') }}
    group by conversion_type

),

periods as (

    select
        conversion_type,
        last_date,
        trained_to,
        greatest(
            before_first_date,
            cast(trained_to - interval {{ var('evaluation_trained_days') }} day as date)
        ) as trained_after
    from lasts

),

counted as (

    select
        *,
        cast({{ days_between('trained_after', 'trained_to') }} as int) as trained_days
    from periods

)

select * from counted
where trained_days > 0
