-- One row per Markov chain and step in it that may end in a conversion: how much of the mass in a
-- state takes it. Of one conversion, as many begin as it takes.
with chains as (

    select
        removals.chain_id,
        removals.conversion_type,
        {{ hash_id('steps.from_state') }} as from_id,
        {{ hash_id('steps.to_state') }} as to_id,
        steps.transitions / departures.departures_weighed as weight
    from {{ ref('int_channel_removals') }} as removals
    inner join {{ ref('int_channel_transitions_counted') }} as steps
        on
            removals.conversion_type = steps.conversion_type
            and removals.level = steps.level
            and removals.markov_order = steps.markov_order
            and steps.from_state <> steps.to_state
            and steps.to_state <> '(null)'
    inner join {{ ref('int_channel_departures_counted') }} as departures
        on
            steps.conversion_type = departures.conversion_type
            and steps.level = departures.level
            and steps.markov_order = departures.markov_order
            and steps.from_state = departures.from_state
    -- whoever comes to a state with the channel is lost, and nobody goes on from there
    left join {{ ref('int_channel_states_split') }} as from_states
        on
            removals.conversion_type = from_states.conversion_type
            and removals.level = from_states.level
            and removals.markov_order = from_states.markov_order
            and removals.removed_channel = from_states.channel
            and steps.from_state = from_states.state
    left join {{ ref('int_channel_states_split') }} as to_states
        on
            removals.conversion_type = to_states.conversion_type
            and removals.level = to_states.level
            and removals.markov_order = to_states.markov_order
            and removals.removed_channel = to_states.channel
            and steps.to_state = to_states.state
    where from_states.state is null and to_states.state is null

)

select * from chains
