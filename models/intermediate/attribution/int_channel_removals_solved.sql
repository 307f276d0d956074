-- One row per conversion type, order of the Markov chain and channel taken out of it, and one with
-- none taken out: conversions that are left, of 1. What is selected here are the chains, a step a
-- row; the materialization walks them.
with removals as (

    select distinct
        conversion_type,
        markov_order,
        channel as removed_channel
    from {{ ref('int_channel_states_split') }}
    union all
    select distinct
        conversion_type,
        markov_order,
        cast(null as string) as removed_channel
    from {{ ref('int_channel_states_split') }}

),

-- who stays in a state leaves it in the end all the same
moves as (

    select
        *,
        cast(sum(cast(transitions as decimal(28, 8))) over (origin) as double) as departures,
        cast(
            sum(
                case when to_state = '(conversion)' then cast(transitions as decimal(28, 8)) end
            ) over (chain)
            as double
        ) as conversions
    from {{ ref('int_channel_transitions_counted') }}
    where from_state <> to_state
    window
        origin as (partition by conversion_type, markov_order, from_state),
        chain as (partition by conversion_type, markov_order)

),

-- as many begin as it takes for one to convert
weighed as (

    select
        conversion_type,
        markov_order,
        from_state,
        to_state,
        {{ hash_id('from_state') }} as from_id,
        {{ hash_id('to_state') }} as to_id,
        transitions
        / case when from_state = '(start)' then conversions else departures end as weight
    from moves
    where conversions > 0 and to_state <> '(null)'

),

chains as (

    select
        {{ removal_id('removals') }} as chain_id,
        weighed.from_id,
        weighed.to_id,
        weighed.weight
    from weighed
    inner join removals
        on
            weighed.conversion_type = removals.conversion_type
            and weighed.markov_order = removals.markov_order
    left join {{ ref('int_channel_states_split') }} as removed
        on
            removals.conversion_type = removed.conversion_type
            and removals.markov_order = removed.markov_order
            and removals.removed_channel = removed.channel
            and weighed.to_state = removed.state
    where removed.state is null
    union all
    -- what has converted stays so
    select
        {{ removal_id('removals') }} as chain_id,
        {{ hash_id("'(conversion)'") }} as from_id,
        {{ hash_id("'(conversion)'") }} as to_id,
        cast(1 as double) as weight
    from removals

)

select * from chains
