-- One row per channel and name of a campaign that no other campaign of the channel has: landing
-- pages often tell the name (utm_campaign) where reports and click monitors tell the id.
with named as (

    select
        channel,
        campaign_name,
        min(campaign_id) as campaign_id
    from {{ ref('int_ad_performance_counted') }}
    where campaign_name is not null and campaign_id is not null
    group by channel, campaign_name
    having count(distinct campaign_id) = 1

),

-- a name that is another campaign's id is taken for that id
unmistakable as (

    select named.*
    from named
    left join {{ ref('int_ad_performance_counted') }} as campaigns
        on named.channel = campaigns.channel and named.campaign_name = campaigns.campaign_id
    where campaigns.campaign_id is null

)

select * from unmistakable
