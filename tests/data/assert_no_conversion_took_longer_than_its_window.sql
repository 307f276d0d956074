-- A path that reaches back further than its conversion type looks would count touches that no model
-- credits.
select
    conversions.conversion_id,
    conversions.conversion_type,
    conversions.days_to_convert
from {{ ref('conversions') }} as conversions
left join {{ ref('int_conversion_types') }} as types
    on conversions.conversion_type = types.conversion_type
where
    conversions.days_to_convert < 0
    or conversions.days_to_convert
    > coalesce(types.lookback_days, {{ var('attribution_lookback_days') }})
