-- What is asked as of today would differ from what the dashboards show today.
with standing as (

    select * from {{ ref('ad_performance_versions') }}
    where valid_to is null

)

select
    coalesce(ads.ad_performance_id, standing.ad_performance_id) as ad_performance_id,
    ads.spend,
    standing.spend as standing_spend
from {{ ref('ad_performance') }} as ads
full outer join standing
    on ads.ad_performance_id = standing.ad_performance_id
where
    ads.spend is distinct from standing.spend
    or ads.impressions is distinct from standing.impressions
    or ads.clicks is distinct from standing.clicks
    or ads.platform_conversions is distinct from standing.platform_conversions
