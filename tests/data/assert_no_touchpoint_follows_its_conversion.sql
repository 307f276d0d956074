-- A channel would be paid for a sale that was made before it did anything, or long after.
select
    credit_id,
    touched_at,
    converted_at
from {{ ref('touchpoint_credits') }}
where
    touched_at > converted_at
    or touched_at <= converted_at - interval {{ var('attribution_lookback_days') }} day
