-- One row per conversion type and customer who had not converted when the first days of their
-- journey were over, and whether they did in the days after. Whose days after lie beyond the end of
-- the data is not here: nobody knows yet.
with started as (

    select
        customer_id,
        min(occurred_at) + interval {{ var('behaviour_days') }} day as observed_until
    from {{ ref('int_stages_reached') }}
    where customer_id <> 'unknown' and touch_role in ('click', 'engagement', 'conversion')
    group by customer_id

),

first_conversions as (

    select
        conversion_type,
        customer_id,
        min(converted_at) as converted_at
    from {{ ref('int_conversions_identified') }}
    group by conversion_type, customer_id

),

conversion_types as (

    select distinct conversion_type
    from first_conversions

),

followed as (

    select
        conversion_types.conversion_type,
        started.customer_id,
        started.observed_until,
        case
            when
                first_conversions.converted_at
                <= started.observed_until + interval {{ var('behaviour_outcome_days') }} day
                then 1
            else 0
        end as conversions
    from started
    cross join {{ ref('int_data_clock') }} as data_clock
    cross join conversion_types
    left join first_conversions
        on
            started.customer_id = first_conversions.customer_id
            and conversion_types.conversion_type = first_conversions.conversion_type
    where
        started.observed_until + interval {{ var('behaviour_outcome_days') }} day
        <= data_clock.now_at
        and (
            first_conversions.converted_at is null
            or first_conversions.converted_at > started.observed_until
        )

)

select * from followed
