-- One row per conversion type, level, order of the Markov chain and step: how often it was taken.
with counted as (

    select
        conversion_type,
        level,
        markov_order,
        from_state,
        to_state,
        cast(sum(transitions) as double) as transitions
    from {{ ref('int_steps_grouped') }}
    group by conversion_type, level, markov_order, from_state, to_state

)

select * from counted
