-- One row per Markov chain: conversions that are left, of 1.
with solved as (

    select
        removals.chain_id,
        removals.conversion_type,
        removals.level,
        removals.markov_order,
        removals.removed_channel,
        coalesce(visited.visits, 0) as converted
    from {{ ref('int_channel_removals') }} as removals
    left join {{ ref('int_states_visited') }} as visited
        on
            removals.chain_id = visited.chain_id
            and visited.state_id = {{ hash_id("'(conversion)'") }}

)

select * from solved
