-- Creatives and KPIs would have no credits: operations_attribution_model (dbt_project.yml) names no
-- line of the seed attribution_models.
select '{{ var("operations_attribution_model") }}' as unknown_model
where
    '{{ var("operations_attribution_model") }}' not in (
        select models.attribution_model from {{ ref('attribution_models') }} as models
    )
