-- One row per experiment, metric and variant: people whose time is over, and what they did in it.
with outcomes as (

    select
        metrics.experiment_id,
        metrics.metric,
        metrics.measure,
        metrics.typical_effect,
        people.variant,
        people.customer_id,
        cast(case metrics.measure
            when 'revenue'
                then coalesce(sum(cast(conversions.revenue as decimal(18, 4))), 0)
            when 'count' then count(conversions.conversion_id)
            else least(count(conversions.conversion_id), 1)
        end as decimal(18, 4)) as outcome
    from {{ ref('experiment_metrics') }} as metrics
    inner join {{ ref('int_experiment_people') }} as people
        on metrics.experiment_id = people.experiment_id
    left join {{ ref('conversions') }} as conversions
        on
            people.customer_id = conversions.customer_id
            and metrics.conversion_type = conversions.conversion_type
            and people.exposed_at <= conversions.converted_at
            and people.closes_at > conversions.converted_at
    where people.is_closed
    group by
        metrics.experiment_id, metrics.metric, metrics.measure, metrics.typical_effect,
        people.variant, people.customer_id

),

summed as (

    select
        experiment_id,
        metric,
        max(measure) as measure,
        max(typical_effect) as typical_effect,
        variant,
        count(*) as people,
        count(case when outcome > 0 then 1 end) as converted,
        cast(sum(outcome) as double) as total,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(outcome * outcome) as double) as total_of_squares
    from outcomes
    group by experiment_id, metric, variant

),

described as (

    select
        *,
        total / people as mean,
        case
            when measure = 'rate' then (total / people) * (1e0 - total / people)
            else
                greatest(total_of_squares - total * total / people, 0e0)
                / nullif(people - 1, 0)
        end as variance
    from summed

)

select * from described
