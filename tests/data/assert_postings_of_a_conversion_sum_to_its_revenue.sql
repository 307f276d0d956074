-- What was booked day by day would not be what the channels share.
with posted as (

    select
        conversion_id,
        cast(sum(amount) as double) as revenue
    from {{ ref('conversion_postings') }}
    group by conversion_id

)

select
    conversions.conversion_id,
    posted.revenue as posted_revenue,
    conversions.revenue
from {{ ref('conversions') }} as conversions
left join posted
    on conversions.conversion_id = posted.conversion_id
where abs(coalesce(posted.revenue, 0) - conversions.revenue) > 1e-4
