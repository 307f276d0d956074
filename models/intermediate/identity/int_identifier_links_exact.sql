-- One row per two identifiers that one record held: the strongest of the record, and each other.
with paired as (

    select
        strongest.identifier_id as strong_id,
        strongest.identifier_type as strong_type,
        others.identifier_id as weak_id,
        others.identifier_type as weak_type,
        others.max_member_ids,
        others.observation_count,
        others.first_seen_at,
        others.last_seen_at
    from {{ ref('int_identifier_sets_exploded') }} as strongest
    inner join {{ ref('int_identifier_sets_exploded') }} as others
        on
            strongest.identifier_set_id = others.identifier_set_id
            and others.strength_rank > 1
    where strongest.strength_rank = 1

),

linked as (

    select
        strong_id,
        strong_type,
        weak_id,
        weak_type,
        max_member_ids,
        cast(sum(observation_count) as bigint) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from paired
    group by strong_id, strong_type, weak_id, weak_type, max_member_ids

)

select * from linked
