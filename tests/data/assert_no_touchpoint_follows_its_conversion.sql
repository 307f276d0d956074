-- A channel would be paid for a sale that was made before it did anything, or long after.
select
    credits.credit_id,
    credits.touched_at,
    credits.converted_at
from {{ ref('touchpoint_credits') }} as credits
inner join {{ ref('int_conversions_identified') }} as conversions
    on credits.conversion_id = cast(conversions.conversion_id as string)
where
    credits.touched_at > conversions.converted_at
    or credits.touched_at <= conversions.window_started_at
