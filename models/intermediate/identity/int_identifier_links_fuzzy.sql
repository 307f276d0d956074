-- One row per two customers that may be one person, and method that says so: how likely that is.
-- Never part of the exact graph.
with by_records as (

    select
        ones.component_id,
        others.component_id as other_component_id,
        'records' as match_method,
        links.probability,
        concat(links.declaration, ': ', links.evidence) as evidence
    from {{ ref('stg_record_matches__links') }} as links
    inner join {{ ref('int_identifiers_resolved') }} as ones
        on links.identifier_id = ones.identifier_id
    inner join {{ ref('int_identifiers_resolved') }} as others
        on links.other_identifier_id = others.identifier_id
    where
        ones.component_id <> others.component_id
        -- what tills type for everybody says of nobody who it is
        and links.identifier_id not in (
            select shared.identifier_id from {{ ref('int_identifiers_shared') }} as shared
        )
        and links.other_identifier_id not in (
            select shared.identifier_id from {{ ref('int_identifiers_shared') }} as shared
        )

),

unioned as (

    select * from {{ ref('int_customer_rivals_weighed') }}
    union all
    select * from by_records

),

-- the most telling of several
likeliest as (

    select
        least(component_id, other_component_id) as component_id,
        greatest(component_id, other_component_id) as other_component_id,
        match_method,
        probability,
        evidence
    from unioned
    qualify
        row_number() over (
            partition by
                least(component_id, other_component_id),
                greatest(component_id, other_component_id),
                match_method
            order by probability desc, evidence asc
        ) = 1

),

linked as (

    select
        likeliest.*,
        ones.customer_id,
        ones.is_known,
        ones.is_member,
        others.customer_id as other_customer_id,
        others.is_known as other_is_known,
        others.is_member as other_is_member
    from likeliest
    inner join {{ ref('int_customers_known') }} as ones
        on likeliest.component_id = ones.component_id
    inner join {{ ref('int_customers_known') }} as others
        on likeliest.other_component_id = others.component_id
    where
        -- two members are two persons
        not (ones.is_member and others.is_member)
        -- who was parted on purpose, asked to be forgotten or withdrew consent is matched with none
        and not (ones.is_parted or others.is_parted)

)

select * from linked
