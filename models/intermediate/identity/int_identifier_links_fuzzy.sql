-- One row per two customers that may be one person, and method that says so: how likely that is. Of
-- several known by name whose devices an anonymous customer's met, one at most is it. Never part of
-- the exact graph.
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

anonymous as (

    select
        component_id,
        odds
    from linked
    where match_method = 'device' and other_is_known and not is_known
    union all
    select
        other_component_id as component_id,
        odds
    from linked
    where match_method = 'device' and is_known and not other_is_known

),

-- what speaks for all of them; as decimals: a sum of doubles hangs on the order of rows
rivalled as (

    select
        component_id,
        cast(sum(cast(odds as decimal(28, 8))) as double) as odds_of_known
    from anonymous
    group by component_id

),

compared as (

    select
        linked.component_id,
        linked.customer_id,
        linked.is_known,
        linked.is_member,
        linked.other_component_id,
        linked.other_customer_id,
        linked.other_is_known,
        linked.other_is_member,
        linked.match_method,
        linked.evidence,
        case
            when rivalled.odds_of_known > linked.odds
                then linked.odds / (1 + rivalled.odds_of_known)
            else linked.probability
        end as probability
    from linked
    left join rivalled
        on
            linked.match_method = 'device'
            and linked.is_known <> linked.other_is_known
            and rivalled.component_id
            = case when linked.is_known then linked.other_component_id else linked.component_id end

)

select * from compared
