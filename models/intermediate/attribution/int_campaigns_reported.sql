-- One row per channel and campaign that ad reports tell of: its latest name, and all it has cost.
with reported as (

    select
        channel,
        campaign_id,
        -- a day that tells no name takes none away
        {{ max_by(
            'campaign_name', "(campaign_name is not null, spend_date, coalesce(campaign_name, ''))"
        ) }} as campaign_name,
        sum(spend) as spend,
        sum(clicks) as clicks,
        max(case when spend > 0 then spend_date end) as last_spend_date
    from {{ ref('int_ad_performance_counted') }}
    group by channel, campaign_id

)

select * from reported
