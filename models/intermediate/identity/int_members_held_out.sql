-- One row per device of a member and member that it met, as if nobody had logged in on it: the odds
-- that it is this member's, by rates that the pair itself took no part in.
with judged as (

    select
        pairs.device_id,
        pairs.component_id,
        pairs.other_device_id,
        pairs.other_component_id,
        pairs.is_same_customer as is_owner,
        rates.rate / (1 - rates.rate) as odds
    from {{ ref('int_device_pairs_described') }} as pairs
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on pairs.fold = rates.held_out_fold and pairs.pattern = rates.pattern
    where pairs.is_settled

),

both_ways as (

    select
        device_id,
        component_id as owner_component_id,
        other_component_id as component_id,
        is_owner,
        odds
    from judged
    union all
    select
        other_device_id as device_id,
        other_component_id as owner_component_id,
        component_id,
        is_owner,
        odds
    from judged

),

-- by the most telling of the member's devices
held_out as (

    select
        device_id,
        component_id,
        owner_component_id % {{ var('match_folds') }} as fold,
        is_owner,
        max(odds) as odds
    from both_ways
    group by device_id, component_id, owner_component_id, is_owner

)

select * from held_out
