-- One row per conversion type: the last days of all data, on which models are judged, and those
-- before, of which they are taken.
with lasts as (

    select
        conversion_type,
        cast(min(conversion_date) - interval 1 day as date) as before_first_date,
        -- a type that came to an end is judged on days without any
        max(max(conversion_date)) over () as last_date
    from {{ ref('conversions') }}
    group by conversion_type

),

parted as (

    select
        *,
        cast(last_date - interval {{ var('evaluation_held_out_days') }} day as date) as trained_to
    from lasts

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
    from parted

),

counted as (

    select
        *,
        cast({{ days_between('trained_after', 'trained_to') }} as int) as trained_days
    from periods

)

select * from counted
where trained_days > 0
