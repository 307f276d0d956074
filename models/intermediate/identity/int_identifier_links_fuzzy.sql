-- One row per two customers that may be one person, and method that says so: how likely that is.
-- Never part of the exact graph.
with scored as (

    select
        pairs.*,
        (priors.odds_shift * rates.rate) / (1 - rates.rate + priors.odds_shift * rates.rate)
            as probability
    from {{ ref('int_device_pairs_described') }} as pairs
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on pairs.pattern = rates.pattern and rates.held_out_fold = -1
    inner join {{ ref('int_match_priors_estimated') }} as priors
        on pairs.knowledge = priors.knowledge
    where not pairs.is_settled and not pairs.is_same_customer and not pairs.is_contradicted

),

by_devices as (

    select
        component_id,
        other_component_id,
        'device' as match_method,
        probability,
        concat(
            'system ',
            case likeness
                when 5 then 'rare, the same'
                when 4 then 'uncommon, the same'
                when 3 then 'common, the same'
                when 2 then 'of another kind of device'
                when 1 then 'of another device'
                else 'unknown'
            end,
            '; devices on the network ', case crowd when 5 then '5+' else cast(crowd as string) end,
            '; windows ', case windows when 3 then '3+' else cast(windows as string) end,
            '; addresses ', case addresses when 2 then '2+' else cast(addresses as string) end,
            '; hours apart ',
            case hours_apart when 1 then 'under 1' when 24 then 'under 24' else '24+' end
        ) as evidence
    from scored

),

by_records as (

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

    select * from by_devices
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
