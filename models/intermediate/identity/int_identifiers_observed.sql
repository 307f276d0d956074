-- One row per identifier: a node of the identity graph.
with observed as (

    select
        identifier_id,
        identifier_type,
        namespace,
        identifier_value,
        cast(sum(observation_count) as bigint) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_identifier_sets_exploded') }}
    group by identifier_id, identifier_type, namespace, identifier_value

)

select * from observed
