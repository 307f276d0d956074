{% set reports = [
    'stg_baidu_reports__ad_performance',
    'stg_declared__ad_performance',
    'stg_ocean_reports__ad_performance',
    'stg_tencent_reports__ad_performance',
    'stg_xiaohongshu_reports__ad_performance',
] %}

-- One row per day, source, channel, account, campaign, ad and creative: the latest figures of each.
with unioned as (

    {% for report in reports %}
        select {{ ad_performance_columns() }} from {{ ref(report) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
            partition by
                source, channel, account_id, campaign_id, ad_id, creative_id,
                report_dimensions, report_cell_id, spend_date
            order by version desc, fetched_at desc, ad_performance_version_id desc
        ) as version_rank
    from complete

),

ads_numbered as (

    select
        *,
        dense_rank() over (
            partition by source, channel, account_id, spend_date, report_dimensions
            order by coalesce(campaign_id, ''), coalesce(ad_id, '')
        ) as ad_number
    from ranked
    where version_rank = 1

),

reports_described as (

    select
        *,
        max(ad_number) over (report) as ad_count,
        max(cast(fetched_at as date)) over (report) as fetched_on
    from ads_numbered
    window report as (partition by source, channel, account_id, spend_date, report_dimensions)

),

-- reports of one day that are cut in several ways tell the same money: the one that knows the most
-- ads counts (a drill-down may be of one ad only), of equals the latest, then the finest
reports_ranked as (

    select
        *,
        dense_rank() over (
            partition by source, channel, account_id, spend_date
            order by
                ad_count desc, fetched_on desc, length(report_dimensions) desc, report_dimensions
        ) as report_rank
    from reports_described

),

summed as (

    select
        cast({{ hash_id(
            "concat_ws('|', source, channel, coalesce(account_id, ''), coalesce(campaign_id, ''),"
            ~ " coalesce(ad_id, ''), coalesce(creative_id, ''), cast(spend_date as string))"
        ) }} as string) as ad_performance_id,
        spend_date,
        source,
        channel,
        account_id,
        campaign_id,
        max(campaign_name) as campaign_name,
        ad_id,
        creative_id,
        cast(sum(coalesce(impressions, 0)) as bigint) as impressions,
        cast(sum(coalesce(clicks, 0)) as bigint) as clicks,
        cast(sum(spend) as decimal(18, 4)) as spend,
        sum(platform_conversions) as platform_conversions,
        max(fetched_at) as fetched_at
    from reports_ranked
    where report_rank = 1
    group by spend_date, source, channel, account_id, campaign_id, ad_id, creative_id

)

select * from summed
