-- One row per identifier: a node of the identity graph.
with observed as (

    select
        exploded.identifier_id,
        exploded.identifier_type,
        exploded.namespace,
        exploded.identifier_value,
        exploded.rejected_by,
        cast(sum(sets.observation_count) as bigint) as observation_count,
        min(sets.first_seen_at) as first_seen_at,
        max(sets.last_seen_at) as last_seen_at
    from {{ ref('int_identifier_sets_exploded') }} as exploded
    inner join {{ ref('int_identifier_sets_observed') }} as sets
        on exploded.identifier_set_id = sets.identifier_set_id
    where {{ is_touched('exploded.identifier_id', 'int_identifiers_touched') }}
    group by
        exploded.identifier_id,
        exploded.identifier_type,
        exploded.namespace,
        exploded.identifier_value,
        exploded.rejected_by

)

select * from observed
