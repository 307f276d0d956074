-- One row per channel that reports, campaign and day: what the platform claims for itself beside
-- what we saw and attribute. An order that two platforms claim counts twice there, once here.
with claimed as (

    select
        channel,
        spend_date as performance_date,
        campaign_id,
        max(campaign_name) as campaign_name,
        sum(spend) as spend,
        sum(clicks) as platform_clicks,
        sum(platform_conversions) as platform_conversions
    from {{ ref('ad_performance') }}
    group by channel, spend_date, campaign_id

),

arrived as (

    select
        channel,
        arrival_date as performance_date,
        campaign_id,
        monitored_clicks,
        landings
    from {{ ref('int_arrivals_counted') }}

),

attributed as (

    select
        channel,
        conversion_date as performance_date,
        campaign_id,
        sum(attributed_conversions) as attributed_conversions,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(attributed_revenue as decimal(38, 15))) as double) as attributed_revenue,
        count(distinct conversion_id) as touched_conversions,
        count(distinct case when is_shared then conversion_id end) as shared_conversions
    from {{ ref('int_conversions_claimed') }}
    group by channel, conversion_date, campaign_id

),

spined as (

    {% for told in ['claimed', 'arrived', 'attributed'] %}
        select
            channel,
            performance_date,
            campaign_id
        from {{ told }}
        where channel in (select reports.channel from {{ ref('ad_performance') }} as reports)
        {{ 'union' if not loop.last }}
    {% endfor %}

),

reconciled as (

    select
        spined.channel,
        spined.performance_date,
        spined.campaign_id,
        coalesce(campaigns.campaign_name, claimed.campaign_name) as campaign_name,
        cast(coalesce(claimed.spend, 0) as decimal(18, 4)) as spend,
        cast(coalesce(claimed.platform_clicks, 0) as bigint) as platform_clicks,
        coalesce(arrived.monitored_clicks, 0) as monitored_clicks,
        coalesce(arrived.landings, 0) as landings,
        claimed.platform_conversions,
        coalesce(attributed.attributed_conversions, 0) as attributed_conversions,
        coalesce(attributed.attributed_revenue, 0) as attributed_revenue,
        coalesce(attributed.touched_conversions, 0) as touched_conversions,
        coalesce(attributed.shared_conversions, 0) as shared_conversions,
        coalesce(arrived.landings, 0) / nullif(cast(claimed.platform_clicks as double), 0)
            as landing_ratio,
        claimed.platform_conversions / nullif(attributed.attributed_conversions, 0)
            as inflation_ratio,
        attributed.shared_conversions / nullif(cast(attributed.touched_conversions as double), 0)
            as overlap_ratio
    from spined
    {% for told in ['claimed', 'arrived', 'attributed'] %}
        left join {{ told }}
            on
                spined.channel = {{ told }}.channel
                and spined.performance_date = {{ told }}.performance_date
                and coalesce(spined.campaign_id, '') = coalesce({{ told }}.campaign_id, '')
    {% endfor %}
    left join {{ ref('int_campaigns_reported') }} as campaigns
        on
            spined.channel = campaigns.channel
            and spined.campaign_id = campaigns.campaign_id

)

select * from reconciled
