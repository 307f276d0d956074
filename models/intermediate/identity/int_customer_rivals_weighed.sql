-- One row per two customers whose devices met: how likely they are one person. An anonymous one is
-- at most one of several known by name: what speaks for one of these speaks against the others.
with both_ways as (

    select
        component_id,
        is_known,
        other_component_id,
        other_is_known,
        probability,
        evidence
    from {{ ref('int_customers_met') }}
    union all
    select
        other_component_id as component_id,
        other_is_known as is_known,
        component_id as other_component_id,
        is_known as other_is_known,
        probability,
        evidence
    from {{ ref('int_customers_met') }}

),

-- the most telling of their devices
likeliest as (

    select
        *,
        probability / (1 - probability) as odds
    from both_ways
    qualify
        row_number() over (
            partition by component_id, other_component_id order by probability desc, evidence asc
        ) = 1

),

-- as decimals: a sum of doubles hangs on the order of rows
rivalled as (

    select
        *,
        sum(case when other_is_known then cast(odds as decimal(28, 8)) end)
            over (partition by component_id)
            as odds_of_known
    from likeliest

),

-- seen from the one of whom less is known
weighed as (

    select
        component_id,
        other_component_id,
        'device' as match_method,
        case
            when is_known = other_is_known then probability
            else odds / (1 + cast(odds_of_known as double))
        end as probability,
        evidence
    from rivalled
    where
        (other_is_known and not is_known)
        or (is_known = other_is_known and component_id < other_component_id)

)

select * from weighed
