-- One row per exact link with the rule that rejects it, if one does. A device on which more
-- members logged in than its type allows (a store tablet, a couple's phone) joins nobody.
with members_counted as (

    select
        weak_id,
        count(*) as member_ids
    from {{ ref('int_identifier_links_exact') }}
    where strong_type = 'member_id'
    group by weak_id

),

judged as (

    select
        links.*,
        case
            when weak_ends.member_ids > links.max_member_ids then 'max_member_ids'
            when strong_ends.member_ids > strong_types.max_member_ids then 'max_member_ids'
        end as rejected_by
    from {{ ref('int_identifier_links_exact') }} as links
    left join members_counted as weak_ends
        on links.weak_id = weak_ends.weak_id
    left join members_counted as strong_ends
        on links.strong_id = strong_ends.weak_id
    left join {{ ref('identifier_types') }} as strong_types
        on links.strong_type = strong_types.identifier_type

)

select * from judged
