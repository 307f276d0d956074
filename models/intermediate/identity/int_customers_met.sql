-- One row per two devices of customers that may be one person: how likely that is.
with scored as (

    select
        pairs.component_id,
        pairs.is_known,
        pairs.other_component_id,
        pairs.other_is_known,
        (priors.odds_shift * rates.rate) / (1 - rates.rate + priors.odds_shift * rates.rate)
            as probability,
        pairs.pattern as evidence
    from {{ ref('int_device_pairs_described') }} as pairs
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on pairs.pattern = rates.pattern and rates.held_out_fold = -1
    inner join {{ ref('int_match_priors_estimated') }} as priors
        on pairs.knowledge = priors.knowledge
    where not pairs.is_settled and not pairs.is_same_customer and not pairs.is_contradicted

)

select * from scored
