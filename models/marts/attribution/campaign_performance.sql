{% set grain = [
    'attribution_model', 'conversion_type', 'performance_date', 'channel', 'campaign_id', 'ad_id',
    'creative_id', 'content_id',
] %}

-- One row per attribution model, conversion type, day, channel, campaign, ad, creative and content:
-- what it cost and what it was credited with, each as fine as it is known.
with models as (

    -- spend stands in every model that channel_performance shows it in
    select distinct
        attribution_model,
        conversion_type
    from {{ ref('channel_performance') }}
    where spend > 0 or impressions > 0 or clicks > 0

),

told as (

    select
        credits.attribution_model,
        credits.conversion_type,
        credits.conversion_date as performance_date,
        credits.channel,
        placed.campaign_id,
        placed.ad_id,
        placed.creative_id,
        placed.content_id,
        credits.conversions,
        case when credits.is_first_of_customer then credits.conversions else 0 end
            as new_customers,
        credits.revenue,
        0 as spend,
        0 as impressions,
        0 as clicks
    from {{ ref('touchpoint_credits') }} as credits
    left join {{ ref('int_touchpoints_placed') }} as placed
        on credits.touchpoint_id = placed.touchpoint_id
    union all
    select
        models.attribution_model,
        models.conversion_type,
        ads.spend_date as performance_date,
        ads.channel,
        ads.campaign_id,
        ads.ad_id,
        ads.creative_id,
        cast(null as string) as content_id,
        0 as conversions,
        0 as new_customers,
        0 as revenue,
        ads.spend,
        ads.impressions,
        ads.clicks
    from {{ ref('ad_performance') }} as ads
    cross join models
    where ads.spend > 0 or ads.impressions > 0 or ads.clicks > 0

),

summed as (

    select
        {{ grain | join(',\n        ') }},
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(38, 15))) as double) as conversions,
        cast(sum(cast(new_customers as decimal(38, 15))) as double) as new_customers,
        cast(sum(cast(revenue as decimal(38, 15))) as double) as revenue,
        cast(sum(spend) as decimal(18, 4)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks
    from told
    group by {{ grain | join(', ') }}

),

named as (

    select
        summed.*,
        coalesce(channels.name_zh, summed.channel) as channel_name,
        campaigns.campaign_name,
        cast(summed.spend as double) / nullif(summed.conversions, 0) as cost_per_conversion,
        cast(summed.spend as double) / nullif(summed.new_customers, 0) as cost_per_new_customer,
        summed.revenue / nullif(cast(summed.spend as double), 0) as roas
    from summed
    left join {{ ref('int_campaigns_reported') }} as campaigns
        on summed.channel = campaigns.channel and summed.campaign_id = campaigns.campaign_id
    left join {{ ref('channels') }} as channels
        on summed.channel = channels.channel

)

select * from named
