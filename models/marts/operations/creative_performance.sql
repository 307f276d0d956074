{% set shown = [
    'rest_shown_clicks', 'nullif(rest_impressions, 0)', 'shown_clicks', 'nullif(impressions, 0)'
] %}
{% set clicked = [
    'rest_conversions', 'nullif(rest_clicks, 0)', 'clicked_conversions', 'nullif(clicks, 0)'
] %}

-- One row per conversion type, channel and creative, or ad where no creative is told: how it
-- compares with the rest of its channel.
with summed as (

    select
        conversion_type,
        channel,
        max(channel_name) as channel_name,
        coalesce(creative_id, ad_id) as creative_id,
        min(campaign_name) as campaign_name,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(spend) as decimal(18, 4)) as spend,
        cast(sum(cast(conversions as decimal(38, 15))) as double) as conversions,
        cast(sum(cast(revenue as decimal(38, 15))) as double) as revenue,
        -- what came without a click that the platform counted says nothing of a rate of clicks
        least(sum(clicks), sum(impressions)) as shown_clicks,
        cast(least(sum(cast(conversions as decimal(38, 15))), sum(clicks)) as double)
            as clicked_conversions
    from {{ ref('campaign_performance') }}
    where
        attribution_model = '{{ var("operations_attribution_model") }}'
        and coalesce(creative_id, ad_id) is not null
    group by conversion_type, channel, coalesce(creative_id, ad_id)

),

beside as (

    select
        *,
        count(*) over channels as creatives,
        -- in brackets: Spark takes `channels - impressions` for a name
        (sum(impressions) over channels) - impressions as rest_impressions,
        (sum(shown_clicks) over channels) - shown_clicks as rest_shown_clicks,
        (sum(clicks) over channels) - clicks as rest_clicks,
        cast(sum(cast(clicked_conversions as decimal(38, 15))) over channels as double)
        - clicked_conversions as rest_conversions
    from summed
    window channels as (partition by conversion_type, channel)

),

tested as (

    select
        *,
        {{ rates_z(*shown) }} as ctr_z,
        {{ rates_z(*clicked) }} as cvr_z,
        {{ fewest_expected(*shown) }} >= 5 as is_ctr_known,
        {{ fewest_expected(*clicked) }} >= 5 as is_cvr_known
    from beside

),

rated as (

    select
        *,
        {{ rate_columns('ctr', 'shown_clicks', 'impressions') }},
        {{ rate_columns('cvr', 'clicked_conversions', 'clicks') }},
        {{ normal_p('ctr_z') }} as ctr_p,
        {{ normal_p('cvr_z') }} as cvr_p
    from tested

),

judged as (

    select
        conversion_type,
        channel,
        channel_name,
        creative_id,
        campaign_name,
        impressions,
        clicks,
        spend,
        conversions,
        revenue,
        ctr,
        ctr_from,
        ctr_to,
        ctr_p,
        {{ verdict('ctr_z', 'case when is_ctr_known then ctr_p * creatives end') }} as ctr_verdict,
        cvr,
        cvr_from,
        cvr_to,
        cvr_p,
        {{ verdict('cvr_z', 'case when is_cvr_known then cvr_p * creatives end') }} as cvr_verdict,
        cast(spend as double) / nullif(conversions, 0) as cost_per_conversion,
        cast(spend as double) / nullif(clicks * cvr_to, 0) as cost_per_conversion_from,
        cast(spend as double) / nullif(clicks * cvr_from, 0) as cost_per_conversion_to,
        revenue / nullif(cast(spend as double), 0) as roas
    from rated

)

select * from judged
