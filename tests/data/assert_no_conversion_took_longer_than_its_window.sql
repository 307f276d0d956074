-- A path that reaches back further than its conversion type looks would count touches that no model
-- credits.
select
    times.conversion_type,
    times.first_channel,
    times.days_q3
from {{ ref('conversion_times') }} as times
left join {{ ref('int_conversion_types') }} as types
    on times.conversion_type = types.conversion_type
where
    times.days_q3 < 0
    or times.days_q3 > coalesce(types.lookback_days, {{ var('attribution_lookback_days') }})
