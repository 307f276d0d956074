-- A conversion would count more or less than once: the channels would claim sales that never were.
select
    attribution_model,
    conversion_id,
    sum(credit) as credit
from {{ ref('touchpoint_credits') }}
group by attribution_model, conversion_id
having abs(sum(credit) - 1) > 1e-9
