-- One row per customer, score and feature: by how much it moves the log-odds, away from those of an
-- average customer.
with weights as (

    select
        score_name,
        fit_id,
        name as feature,
        max(case when kind = 'weight' then value end) as weight,
        max(case when kind = 'mean' then value end) as average,
        max(case when kind = 'deviation' then value end) as deviation
    from {{ ref('int_score_figures_newest') }}
    where kind in ('weight', 'mean', 'deviation')
    group by score_name, fit_id, name

),

scored as (

    select
        features.*,
        definitions.score_name
    from {{ ref('int_customer_features') }} as features
    inner join {{ ref('score_definitions') }} as definitions
        on
            definitions.population = 'known'
            or (definitions.population = 'buyers' and features.purchase_count > 0)
            or (definitions.population = 'prospects' and features.purchase_count = 0)

),

unpivoted as (

    select
        scored.customer_id,
        scored.as_of_date,
        weights.score_name,
        weights.fit_id,
        weights.feature,
        weights.weight,
        weights.average,
        weights.deviation,
        case weights.feature
            {% for feature in score_features() %}
                when '{{ feature }}' then scored.{{ feature }}
            {% endfor %}
        end as feature_value
    from scored
    inner join weights
        on scored.score_name = weights.score_name

),

contributions as (

    select
        customer_id,
        as_of_date,
        score_name,
        fit_id,
        feature,
        feature_value,
        cast(weight * (feature_value - average) / deviation as decimal(18, 9)) as contribution
    from unpivoted

)

select * from contributions
