{% set spend = var('campaign_audit_min_spend') %}
{% set visits = var('campaign_audit_min_visits') %}

-- One row per channel and campaign: what the platform bills beside the visits that we saw, how many
-- of its touchpoints are of people whom we know, and what does not fit.
with paired as (

    select
        coalesce(reported.channel, seen.channel) as channel,
        coalesce(reported.campaign_id, seen.campaign_id) as campaign_id,
        reported.campaign_name,
        cast(coalesce(reported.spend, 0) as decimal(18, 4)) as spend,
        reported.last_spend_date,
        cast(coalesce(reported.clicks, 0) as bigint) as platform_clicks,
        coalesce(seen.monitored_clicks, 0) as monitored_clicks,
        coalesce(seen.landings, 0) as landings,
        seen.last_landing_date,
        coalesce(seen.touchpoint_count, 0) as touchpoint_count,
        coalesce(seen.identified_touchpoint_count, 0) as identified_touchpoint_count
    from {{ ref('int_campaigns_reported') }} as reported
    full outer join {{ ref('int_campaigns_seen') }} as seen
        on
            reported.channel = seen.channel
            and coalesce(reported.campaign_id, '') = coalesce(seen.campaign_id, '')

),

compared as (

    select
        paired.*,
        coalesce(channels.name_zh, paired.channel) as channel_name,
        coalesce(channels.is_paid, false) or paired.spend > 0 as is_paid,
        coalesce(shared.campaign_count, 0) as name_campaign_count,
        paired.landings / nullif(cast(paired.platform_clicks as double), 0) as landing_ratio,
        paired.identified_touchpoint_count
        / nullif(cast(paired.touchpoint_count as double), 0) as identified_share
    from paired
    left join {{ ref('int_campaign_names_shared') }} as shared
        on paired.channel = shared.channel and paired.campaign_id = shared.told_campaign
    left join {{ ref('channels') }} as channels
        on paired.channel = channels.channel

),

judged as (

    select
        *,
        case
            when not is_paid or (spend < {{ spend }} and landings < {{ visits }}) then 'ok'
            when campaign_id is null then 'campaign_not_told'
            -- where money and visits meet by the id, it does not matter who else has the name
            when
                landings > 0
                and spend > 0
                and (
                    platform_clicks < {{ visits }}
                    or landing_ratio >= {{ var('campaign_audit_min_landing_ratio') }}
                )
                then 'ok'
            when name_campaign_count > 1 then 'ambiguous_name'
            when landings = 0 then 'spend_without_visits'
            when spend = 0 then 'visits_without_spend'
            else 'few_landings'
        end as finding
    from compared

)

select * from judged
