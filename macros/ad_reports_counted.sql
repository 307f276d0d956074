{#
    The last step of CTEs that turn `cells`, one row per cell of an ad report, into one row per day,
    source, channel, account, campaign, ad and creative. `apart` names columns whose
    values are each counted for themselves.
#}
{% macro ad_reports_counted(cells, apart=[]) -%}
{%- set apart = (apart + ['']) | join(', ') -%}
ads_numbered as (

    select
        *,
        dense_rank() over (
            partition by {{ apart }}source, channel, account_id, spend_date, report_dimensions
            order by coalesce(campaign_id, ''), coalesce(ad_id, '')
        ) as ad_number
    from {{ cells }}

),

reports_described as (

    select
        *,
        max(ad_number) over (report) as ad_count,
        max(cast(fetched_at as date)) over (report) as report_fetched_on
    from ads_numbered
    window report as (
        partition by {{ apart }}source, channel, account_id, spend_date, report_dimensions
    )

),

-- reports of one day that are cut in several ways tell the same money: the one that knows the most
-- ads counts (a drill-down may be of one ad only), of equals the latest, then the finest
reports_ranked as (

    select
        *,
        dense_rank() over (
            partition by {{ apart }}source, channel, account_id, spend_date
            order by
                ad_count desc,
                report_fetched_on desc,
                length(report_dimensions) desc,
                report_dimensions
        ) as report_rank
    from reports_described

),

summed as (

    select
        {{ apart }}
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
        cast(sum(cast(platform_conversions as decimal(28, 8))) as double) as platform_conversions,
        max(fetched_at) as fetched_at
    from reports_ranked
    where report_rank = 1
    group by
        {{ apart }}spend_date, source, channel, account_id, campaign_id, ad_id, creative_id

)
{%- endmacro %}
