-- One row per day, source, channel, account, campaign and ad: the latest figures of each.
with unioned as (

    select {{ ad_performance_columns() }} from {{ ref('stg_ocean_reports__ad_performance') }}
    union all
    select {{ ad_performance_columns() }} from {{ ref('stg_declared__ad_performance') }}

),

-- a load that never completed is no load
complete as (

    select unioned.*
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by source, channel, account_id, campaign_id, ad_id, spend_date
            order by version desc, fetched_at desc, ad_performance_version_id desc
        ) as version_rank
    from complete

),

latest as (

    select
        cast(
            {{ hash_id(
                "concat_ws('|', source, channel, coalesce(account_id, ''),"
                ~ " coalesce(campaign_id, ''), coalesce(ad_id, ''), cast(spend_date as string))"
            ) }}
            as string
        ) as ad_performance_id,
        spend_date,
        source,
        channel,
        account_id,
        campaign_id,
        campaign_name,
        ad_id,
        coalesce(impressions, 0) as impressions,
        coalesce(clicks, 0) as clicks,
        spend,
        platform_conversions,
        fetched_at
    from ranked
    where version_rank = 1

)

select * from latest
