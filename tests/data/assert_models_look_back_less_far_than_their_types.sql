-- A model that looks back as far as the paths of all its conversion types reach would be the model
-- without a look-back, under another name.
select
    models.attribution_model,
    models.lookback_days,
    max(coalesce(types.lookback_days, {{ var('attribution_lookback_days') }}))
        as longest_lookback_days
from {{ ref('attribution_models') }} as models
inner join {{ ref('conversion_types') }} as types
    on {{ is_of_type('models.conversion_types', 'types.conversion_type') }}
group by models.attribution_model, models.lookback_days
having
    models.lookback_days
    >= max(coalesce(types.lookback_days, {{ var('attribution_lookback_days') }}))
