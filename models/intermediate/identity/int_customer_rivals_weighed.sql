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

-- 1 where members are too few to hold any out
strangers as (

    select coalesce(max(odds), 1) as odds
    from {{ ref('int_match_strangers_estimated') }}
    where held_out_fold = -1

),

-- seen from the one of whom less is known
weighed as (

    select
        rivalled.component_id,
        rivalled.other_component_id,
        'device' as match_method,
        case
            when rivalled.is_known = rivalled.other_is_known then rivalled.probability
            else rivalled.odds / (strangers.odds + cast(rivalled.odds_of_known as double))
        end as probability,
        rivalled.evidence
    from rivalled
    cross join strangers
    where
        (rivalled.other_is_known and not rivalled.is_known)
        or (
            rivalled.is_known = rivalled.other_is_known
            and rivalled.component_id < rivalled.other_component_id
        )

)

select * from weighed
