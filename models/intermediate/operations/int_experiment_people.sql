-- One row per experiment and person in it: the variant of the first exposure, which the person
-- stands for ever after, and whether the time is over in which what the person does counts.
with exposures as (

    select
        experiments.experiment_id,
        events.customer_id,
        events.event_id,
        {{ json_text('events.properties', 'variant') }} as variant,
        events.occurred_at
    from {{ ref('events') }} as events
    inner join {{ ref('experiments') }} as experiments
        on
            {{ json_text('events.properties', 'experiment_id') }} = experiments.experiment_id
            and events.occurred_date >= experiments.starts_on
            and events.occurred_date <= experiments.ends_on
    where
        events.event_type = 'experiment_exposure'
        and events.exclusion_reason is null
        and events.customer_id <> 'unknown'

),

first_exposures as (

    select
        experiment_id,
        customer_id,
        {{ min_by('variant', '(occurred_at, event_id)') }} as variant,
        min(occurred_at) as exposed_at,
        {{ min_by('event_id', '(occurred_at, event_id)') }} as exposure_id,
        count(distinct variant) > 1 as is_crossed
    from exposures
    group by experiment_id, customer_id

),

numbered as (

    select
        *,
        row_number() over (partition by experiment_id order by exposed_at, exposure_id)
            as person_number
    from first_exposures

),

-- who comes when all that were planned are there is not part of it
planned as (

    select
        numbered.*,
        {{ days_before('numbered.exposed_at', '-experiments.outcome_days') }} as closes_at
    from numbered
    inner join {{ ref('experiments') }} as experiments
        on numbered.experiment_id = experiments.experiment_id
    where numbered.person_number <= coalesce(experiments.planned_people, numbered.person_number)

),

people as (

    select
        planned.experiment_id,
        planned.customer_id,
        planned.variant,
        planned.exposed_at,
        planned.closes_at,
        planned.is_crossed,
        data_clock.now_at >= planned.closes_at as is_closed
    from planned
    cross join {{ ref('int_data_clock') }} as data_clock

)

select * from people
