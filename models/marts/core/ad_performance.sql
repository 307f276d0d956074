-- One row per day, source, channel, account, campaign, ad and creative: the latest figures of each.
with counted as (

    select
        ad_performance_id,
        spend_date,
        source,
        channel,
        account_id,
        campaign_id,
        campaign_name,
        ad_id,
        creative_id,
        impressions,
        clicks,
        spend,
        platform_conversions,
        fetched_at
    from {{ ref('int_ad_performance_counted') }}

)

select * from counted
