-- One row per Markov chain of customers and group of them left out: conversions that would be left,
-- of 1. A chain changes with each of its steps as often as its state is come by, and as much as who
-- takes the step converts more than who is in the state (infinitesimal jackknife, Jaeckel 1972).
with steps as (

    select
        conversion_type,
        level,
        markov_order,
        sample_group,
        {{ hash_id('from_state') }} as from_id,
        {{ hash_id('to_state') }} as to_id,
        from_state,
        cast(transitions as double) as transitions
    from {{ ref('int_steps_grouped') }}
    where sample_group is not null and from_state <> to_state

),

-- what does not convert at all is no state of the chain turned round
lost as (

    select
        removals.chain_id,
        steps.sample_group,
        cast(
            sum(
                cast(
                    visited.visits
                    * (
                        coalesce(next_states.visits, 0)
                        - coalesce(states.visits, 0)
                        * departures.departures_weighed / departures.departures
                    )
                    * steps.transitions / departures.departures_weighed
                    as decimal(38, 20)
                )
            ) as double
        ) as converted
    from steps
    inner join {{ ref('int_channel_departures_counted') }} as departures
        on
            steps.conversion_type = departures.conversion_type
            and steps.level = departures.level
            and steps.markov_order = departures.markov_order
            and steps.from_state = departures.from_state
    inner join {{ ref('int_channel_removals') }} as removals
        on
            steps.conversion_type = removals.conversion_type
            and steps.level = removals.level
            and steps.markov_order = removals.markov_order
    inner join {{ ref('int_states_visited') }} as visited
        on removals.chain_id = visited.chain_id and steps.from_id = visited.state_id
    left join {{ ref('int_states_converting') }} as states
        on removals.chain_id = states.chain_id and steps.from_id = states.state_id
    left join {{ ref('int_states_converting') }} as next_states
        on removals.chain_id = next_states.chain_id and steps.to_id = next_states.state_id
    group by removals.chain_id, steps.sample_group

),

resampled as (

    select
        solved.chain_id,
        solved.conversion_type,
        solved.level,
        solved.markov_order,
        solved.removed_channel,
        left_out.sample_group,
        left_out.group_count,
        solved.converted
        -- as many as all are would be left
        - coalesce(lost.converted, 0) * left_out.group_count / (left_out.group_count - 1)
            as converted
    from {{ ref('int_channel_removals_solved') }} as solved
    cross join {{ ref('int_groups_left_out') }} as left_out
    left join lost
        on
            solved.chain_id = lost.chain_id
            and left_out.sample_group = lost.sample_group
    where solved.conversion_type <> 'path'

)

select * from resampled
