-- One row per customer that is likely part of another one, and its one best partner: a member who
-- is likely enough, or else the likeliest, who is no member only where it is mutual. A member is
-- part of nobody.
with links as (

    select * from {{ ref('int_identifier_links_fuzzy') }}
    where probability >= {{ var('match_keep_from') }}

),

both_ways as (

    select
        component_id,
        customer_id,
        is_known,
        is_member,
        other_component_id,
        other_customer_id,
        other_is_known,
        other_is_member,
        match_method,
        probability,
        evidence
    from links
    union all
    select
        other_component_id as component_id,
        other_customer_id as customer_id,
        other_is_known as is_known,
        other_is_member as is_member,
        component_id as other_component_id,
        customer_id as other_customer_id,
        is_known as other_is_known,
        is_member as other_is_member,
        match_method,
        probability,
        evidence
    from links

),

best as (

    select *
    from both_ways
    where not is_member
    qualify
        row_number() over (
            partition by component_id
            order by
                case
                    when other_is_member and probability >= {{ var('match_likely_from') }} then 0
                    else 1
                end asc,
                probability desc,
                other_component_id asc,
                match_method asc
        ) = 1

),

matched as (

    select
        best.customer_id,
        best.other_customer_id as likely_customer_id,
        best.probability,
        best.match_method,
        best.evidence
    from best
    left join best as others
        on best.other_component_id = others.component_id
    where
        best.other_is_member
        or (
            others.other_component_id = best.component_id
            -- of two the one that is known by name stays, then the smaller id
            and (
                (best.other_is_known and not best.is_known)
                or (
                    best.other_is_known = best.is_known
                    and best.other_component_id < best.component_id
                )
            )
        )

)

select * from matched
