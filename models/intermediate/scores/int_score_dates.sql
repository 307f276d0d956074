-- One row per day that customers are looked at on: 0 is the end of the data, or the day that the
-- variable score_date names, the others lie before it.
with today as (

    select
        coalesce(
            {{ "cast('" ~ var('score_date') ~ "' as date)" if var('score_date') else 'null' }},
            now_date
        ) as now_date
    from {{ ref('int_data_clock') }}

),

numbers as (

    {% for number in range(var('score_snapshots') + 1) %}
        select {{ number }} as snapshot_number
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

dates as (

    select
        numbers.snapshot_number,
        cast(
            {{ days_before(
                'cast(today.now_date as timestamp)',
                var('score_snapshot_days') ~ ' * numbers.snapshot_number'
            ) }} as date
        ) as as_of_date
    from numbers
    cross join today
    where today.now_date is not null

)

select * from dates
