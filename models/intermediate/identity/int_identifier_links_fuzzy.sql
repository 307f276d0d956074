{%- set levels = ['likeness', 'crowd', 'windows', 'addresses', 'hours_apart'] -%}

-- One row per two customers that may be one person, and method that says so: how likely it is. Never
-- part of the exact graph.
with scored as (

    select
        pairs.*,
        priors.odds_shift * rates.rate / (1 - rates.rate + priors.odds_shift * rates.rate)
            as probability
    from {{ ref('int_device_pairs_described') }} as pairs
    inner join {{ ref('int_match_rates_estimated') }} as rates
        on
            rates.held_out_fold = -1
            {% for level in levels %}
                and pairs.{{ level }} = rates.{{ level }}
            {% endfor %}
    inner join {{ ref('int_match_priors_estimated') }} as priors
        on pairs.knowledge = priors.knowledge
    where not pairs.is_settled and not pairs.is_same_customer

),

-- the most telling of several pairs of devices
ranked as (

    select
        *,
        row_number() over (
            partition by
                least(component_id, other_component_id), greatest(component_id, other_component_id)
            order by probability desc, device_id, other_device_id
        ) as place
    from scored

),

by_device as (

    select
        customer_id,
        component_id,
        is_known,
        is_member,
        other_customer_id,
        other_component_id,
        other_is_known,
        other_is_member,
        'device' as match_method,
        probability,
        'likeness ' || cast(likeness as string)
        || ', devices on the network ' || cast(crowd as string)
        || ', weeks ' || cast(windows as string)
        || ', networks ' || cast(addresses as string)
        || ', hours apart ' || cast(hours_apart as string) as evidence
    from ranked
    where place = 1

)

select * from by_device
