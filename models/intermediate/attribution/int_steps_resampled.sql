-- One row per conversion type, group of customers left out and step from channel to channel: how
-- often the paths of the others took it. A first-order chain each.
with types as (

    select
        steps.conversion_type,
        steps.from_state,
        steps.to_state,
        sum(steps.transitions) as transitions
    from {{ ref('int_steps_grouped') }} as steps
    inner join {{ ref('attribution_models') }} as models
        on
            models.markov_order = 1
            and {{ is_of_type('models.conversion_types', 'steps.conversion_type') }}
    group by steps.conversion_type, steps.from_state, steps.to_state

),

left_out as (

    select distinct sample_group
    from {{ ref('int_customers_grouped') }}

),

left_over as (

    select
        types.conversion_type,
        left_out.sample_group,
        types.from_state,
        types.to_state,
        cast(types.transitions - coalesce(steps.transitions, 0) as double) as transitions
    from types
    cross join left_out
    left join {{ ref('int_steps_grouped') }} as steps
        on
            types.conversion_type = steps.conversion_type
            and left_out.sample_group = steps.sample_group
            and types.from_state = steps.from_state
            and types.to_state = steps.to_state

),

taken as (

    select * from left_over
    where transitions > 0

)

select * from taken
