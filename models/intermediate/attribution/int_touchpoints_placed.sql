-- One row per touchpoint of which a campaign, ad, creative or content is told: which it is, by the
-- ids of the ad reports where they know them.
with ads as (

    select
        channel,
        ad_id,
        min(campaign_id) as campaign_id
    from {{ ref('int_ad_performance_counted') }}
    where ad_id is not null
    group by channel, ad_id
    having count(distinct campaign_id) = 1

),

placed as (

    select
        touchpoints.touchpoint_id,
        touchpoints.customer_id,
        touchpoints.channel,
        -- the ad that was clicked knows its campaign better than the landing page's utm_campaign
        coalesce(ads.campaign_id, campaigns.campaign_id, touchpoints.campaign_id) as campaign_id,
        touchpoints.ad_id,
        touchpoints.creative_id,
        touchpoints.content_id
    from {{ ref('touchpoints') }} as touchpoints
    left join ads
        on touchpoints.channel = ads.channel and touchpoints.ad_id = ads.ad_id
    left join {{ ref('int_campaigns_named') }} as campaigns
        on
            touchpoints.channel = campaigns.channel
            and touchpoints.campaign_id = campaigns.campaign_name
    where
        coalesce(
            touchpoints.campaign_id,
            touchpoints.ad_id,
            touchpoints.creative_id,
            touchpoints.content_id
        ) is not null

)

select * from placed
