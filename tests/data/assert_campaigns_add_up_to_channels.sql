-- Money or conversions would be lost or made up between a channel and its campaigns.
with of_campaigns as (

    select
        attribution_model,
        conversion_type,
        channel,
        performance_date,
        sum(conversions) as conversions,
        sum(new_customers) as new_customers,
        sum(revenue) as revenue,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from {{ ref('campaign_performance') }}
    group by attribution_model, conversion_type, channel, performance_date

),

compared as (

    select
        coalesce(channels.attribution_model, campaigns.attribution_model) as attribution_model,
        coalesce(channels.conversion_type, campaigns.conversion_type) as conversion_type,
        coalesce(channels.channel, campaigns.channel) as channel,
        coalesce(channels.performance_date, campaigns.performance_date) as performance_date,
        coalesce(campaigns.conversions, 0) - coalesce(channels.conversions, 0) as conversions,
        coalesce(campaigns.new_customers, 0) - coalesce(channels.new_customers, 0) as new_customers,
        coalesce(campaigns.revenue, 0) - coalesce(channels.revenue, 0) as revenue,
        abs(coalesce(channels.revenue, 0)) as channel_revenue,
        coalesce(campaigns.spend, 0) - coalesce(channels.spend, 0) as spend,
        coalesce(campaigns.impressions, 0) - coalesce(channels.impressions, 0) as impressions,
        coalesce(campaigns.clicks, 0) - coalesce(channels.clicks, 0) as clicks
    from {{ ref('channel_performance') }} as channels
    full outer join of_campaigns as campaigns
        on
            channels.attribution_model = campaigns.attribution_model
            and channels.conversion_type = campaigns.conversion_type
            and channels.channel = campaigns.channel
            and coalesce(channels.performance_date, date '1970-01-01')
            = coalesce(campaigns.performance_date, date '1970-01-01')

)

select * from compared
where
    abs(conversions) > 1e-9
    or abs(new_customers) > 1e-9
    or abs(revenue) > 1e-6 + 1e-9 * channel_revenue
    or spend <> 0
    or impressions <> 0
    or clicks <> 0
