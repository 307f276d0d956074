-- One row per exact link with the rule that rejects it in the end: that of its own, or that both
-- ends are of different members.
with trusted as (

    select
        judged.strong_id,
        judged.strong_type,
        judged.weak_id,
        judged.weak_type,
        judged.observation_count,
        judged.sources,
        judged.first_seen_at,
        judged.last_seen_at,
        coalesce(
            judged.rejected_by,
            case when strong_ends.owner_id <> weak_ends.owner_id then 'contradiction' end
        ) as rejected_by
    from {{ ref('int_identifier_links_judged') }} as judged
    left join {{ ref('int_identifiers_separated') }} as strong_ends
        on judged.strong_id = strong_ends.identifier_id
    left join {{ ref('int_identifiers_separated') }} as weak_ends
        on judged.weak_id = weak_ends.identifier_id

)

select * from trusted
