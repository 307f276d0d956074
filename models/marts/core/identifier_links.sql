-- One row per two identifiers that records held together: the evidence of who is who.
with links as (

    select
        cast(links.strong_id as string) || ' ' || cast(links.weak_id as string) as link_id,
        cast(links.strong_id as string) as identifier_id,
        cast(links.weak_id as string) as other_identifier_id,
        links.strong_type as identifier_type,
        links.weak_type as other_identifier_type,
        owners.customer_id,
        others.customer_id as other_customer_id,
        links.rejected_by is null as is_trusted,
        links.rejected_by,
        links.observation_count,
        links.sources,
        links.first_seen_at,
        links.last_seen_at
    from {{ ref('int_identifier_links_trusted') }} as links
    inner join {{ ref('int_identifiers_resolved') }} as owners
        on links.strong_id = owners.identifier_id
    inner join {{ ref('int_identifiers_resolved') }} as others
        on links.weak_id = others.identifier_id

)

select * from links
