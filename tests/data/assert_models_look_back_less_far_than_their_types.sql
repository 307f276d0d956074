-- A model that looks back further than the path of a conversion type reaches would be the model
-- without a look-back, under another name.
select
    models.attribution_model,
    models.lookback_days as model_lookback_days,
    types.conversion_type,
    types.lookback_days
from {{ ref('attribution_models') }} as models
inner join {{ ref('int_conversion_types') }} as types
    on
        {{ is_of_type('models.conversion_types', 'types.conversion_type') }}
        and models.lookback_days >= types.lookback_days
