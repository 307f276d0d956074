-- One row per two customers that may be one person, and method that says so: how likely that is, of
-- several who are known by name one at most being it. Never part of the exact graph.
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

    select * from {{ ref('int_customers_met') }}
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
        least(likeliest.probability, 1 - 1e-9)
        / (1 - least(likeliest.probability, 1 - 1e-9)) as odds,
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

),

both_ways as (

    select
        component_id,
        match_method,
        other_is_known as is_rival_known,
        odds
    from linked
    union all
    select
        other_component_id as component_id,
        match_method,
        is_known as is_rival_known,
        odds
    from linked

),

-- what speaks for each one that is known; as decimals: a sum of doubles hangs on the order of rows
rivalled as (

    select
        component_id,
        match_method,
        cast(sum(cast(odds as decimal(28, 8))) as double) as known_odds
    from both_ways
    where is_rival_known
    group by component_id, match_method

),

weighed as (

    select
        linked.*,
        case when linked.other_is_known then ones.known_odds end as odds_of_ones,
        case when linked.is_known then others.known_odds end as odds_of_others
    from linked
    left join rivalled as ones
        on linked.component_id = ones.component_id and linked.match_method = ones.match_method
    left join rivalled as others
        on
            linked.other_component_id = others.component_id
            and linked.match_method = others.match_method

),

compared as (

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
        evidence,
        odds / (1 + greatest(odds, coalesce(odds_of_ones, 0), coalesce(odds_of_others, 0)))
            as probability
    from weighed

)

select * from compared
