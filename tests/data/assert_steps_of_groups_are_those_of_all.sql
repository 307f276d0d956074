-- Intervals would be those of other paths than the figures.
with grouped as (

    select
        conversion_type,
        from_state,
        to_state,
        sum(transitions) as transitions
    from {{ ref('int_steps_grouped') }}
    group by conversion_type, from_state, to_state

)

select
    counted.conversion_type,
    counted.from_state,
    counted.to_state,
    counted.transitions,
    grouped.transitions as transitions_of_groups
from {{ ref('int_channel_transitions_counted') }} as counted
left join grouped
    on
        counted.conversion_type = grouped.conversion_type
        and counted.from_state = grouped.from_state
        and counted.to_state = grouped.to_state
where
    counted.markov_order = 1
    and counted.conversion_type <> 'path'
    and counted.transitions <> coalesce(grouped.transitions, 0)
