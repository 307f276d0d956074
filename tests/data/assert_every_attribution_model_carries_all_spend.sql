-- A channel that costs and never converts would vanish from the comparison, and look free.
with performed as (

    select
        attribution_model,
        sum(spend) as spend
    from {{ ref('channel_performance') }}
    where conversion_type = 'purchase'
    group by attribution_model

),

spent as (

    select coalesce(sum(spend), 0) as spend
    from {{ ref('ad_performance') }}

)

select
    models.attribution_model,
    performed.spend as performed_spend,
    spent.spend as paid_spend
from {{ ref('attribution_models') }} as models
cross join spent
left join performed
    on models.attribution_model = performed.attribution_model
where
    {{ is_of_type('models.conversion_types', "'purchase'") }}
    and coalesce(performed.spend, 0) <> spent.spend
