-- The channels would share more or less than a conversion is worth.
with credited as (

    select
        attribution_model,
        conversion_id,
        sum(revenue) as revenue
    from {{ ref('touchpoint_credits') }}
    group by attribution_model, conversion_id

)

select
    credited.attribution_model,
    conversions.conversion_id,
    credited.revenue as credited_revenue,
    conversions.revenue
from {{ ref('conversions') }} as conversions
inner join credited
    on conversions.conversion_id = credited.conversion_id
where
    abs(coalesce(credited.revenue, 0) - conversions.revenue)
    > 1e-9 * greatest(abs(conversions.revenue), 1)
