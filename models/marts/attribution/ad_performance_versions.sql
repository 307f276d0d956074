-- One row per day, source, channel, account, campaign, ad and creative, and version of its figures:
-- from which day on, and until which, they were what was known.
with known as (

    select
        *,
        lag(day_number) over versions as day_number_before,
        lag(spend) over versions as spend_before,
        lag(impressions) over versions as impressions_before,
        lag(clicks) over versions as clicks_before,
        lag(platform_conversions) over versions as platform_conversions_before
    from {{ ref('int_ad_performance_known') }}
    window versions as (partition by ad_performance_id order by known_on)

),

-- figures that were known the day before, and were the same, are no version of their own
numbered as (

    select
        *,
        sum(
            case
                when
                    day_number_before = day_number - 1
                    and spend_before = spend
                    and impressions_before = impressions
                    and clicks_before = clicks
                    and platform_conversions_before is not distinct from platform_conversions
                    then 0
                else 1
            end
        ) over (partition by ad_performance_id order by known_on) as version_number
    from known

),

versions as (

    select
        ad_performance_id,
        cast(version_number as bigint) as version_number,
        spend_date,
        source,
        channel,
        account_id,
        campaign_id,
        {{ max_by('campaign_name', 'known_on') }} as campaign_name,
        ad_id,
        creative_id,
        impressions,
        clicks,
        spend,
        platform_conversions,
        min(known_on) as valid_from,
        {{ max_by('known_until', 'known_on') }} as valid_to
    from numbered
    group by
        ad_performance_id, version_number, spend_date, source, channel, account_id, campaign_id,
        ad_id, creative_id, impressions, clicks, spend, platform_conversions

)

select * from versions
