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

step_kinds as (

    select distinct
        conversion_type,
        level,
        markov_order,
        from_id,
        to_id,
        from_state
    from steps

),

-- what does not convert at all is no state of the chain turned round
gained as (

    select
        removals.chain_id,
        kinds.conversion_type,
        kinds.level,
        kinds.markov_order,
        kinds.from_id,
        kinds.to_id,
        departures.departures_weighed,
        visited.visits
        * (
            coalesce(next_states.visits, 0)
            - coalesce(states.visits, 0) * departures.departures_weighed / departures.departures
        ) as gain
    from step_kinds as kinds
    inner join {{ ref('int_channel_departures_counted') }} as departures
        on
            kinds.conversion_type = departures.conversion_type
            and kinds.level = departures.level
            and kinds.markov_order = departures.markov_order
            and kinds.from_state = departures.from_state
    inner join {{ ref('int_channel_removals') }} as removals
        on
            kinds.conversion_type = removals.conversion_type
            and kinds.level = removals.level
            and kinds.markov_order = removals.markov_order
    inner join {{ ref('int_states_visited') }} as visited
        on removals.chain_id = visited.chain_id and kinds.from_id = visited.state_id
    left join {{ ref('int_states_converting') }} as states
        on removals.chain_id = states.chain_id and kinds.from_id = states.state_id
    left join {{ ref('int_states_converting') }} as next_states
        on removals.chain_id = next_states.chain_id and kinds.to_id = next_states.state_id

),

lost as (

    select
        gained.chain_id,
        steps.sample_group,
        cast(
            sum(
                cast(
                    gained.gain * steps.transitions / gained.departures_weighed
                    as decimal(38, 20)
                )
            ) as double
        ) as converted
    from gained
    inner join steps
        on
            gained.conversion_type = steps.conversion_type
            and gained.level = steps.level
            and gained.markov_order = steps.markov_order
            and gained.from_id = steps.from_id
            and gained.to_id = steps.to_id
    group by gained.chain_id, steps.sample_group

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
