-- One row per two identifiers that one record held: the strongest of the record, and each other.
with evidence as (

    select
        identifier_set_id,
        source,
        cast(sum(observation_count) as bigint) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_identifier_sets_observed') }}
    where is_evidence
    group by identifier_set_id, source

),

paired as (

    select
        strongest.identifier_id as strong_id,
        strongest.identifier_type as strong_type,
        strongest.namespace as strong_namespace,
        others.identifier_id as weak_id,
        others.identifier_type as weak_type,
        coalesce(strongest.rejected_by, others.rejected_by) as rejected_by,
        evidence.source,
        evidence.observation_count,
        evidence.first_seen_at,
        evidence.last_seen_at
    from {{ ref('int_identifier_sets_exploded') }} as strongest
    inner join {{ ref('int_identifier_sets_exploded') }} as others
        on
            strongest.identifier_set_id = others.identifier_set_id
            and others.strength_rank > 1
    inner join evidence
        on strongest.identifier_set_id = evidence.identifier_set_id
    where
        strongest.strength_rank = 1
        and {{ is_touched('strongest.identifier_id', 'int_identifiers_touched') }}

),

by_source as (

    select
        strong_id,
        strong_type,
        strong_namespace,
        weak_id,
        weak_type,
        rejected_by,
        source,
        sum(observation_count) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from paired
    group by strong_id, strong_type, strong_namespace, weak_id, weak_type, rejected_by, source

),

linked as (

    select
        strong_id,
        strong_type,
        strong_namespace,
        weak_id,
        weak_type,
        rejected_by,
        {{ join_words('source', ' ', 'source') }} as sources,
        cast(sum(observation_count) as bigint) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from by_source
    group by strong_id, strong_type, strong_namespace, weak_id, weak_type, rejected_by

)

select * from linked
