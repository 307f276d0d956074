-- One row per channel, campaign and day: clicks that the click monitor was told of, and sessions
-- that began with the channel.
with clicked as (

    select
        events.channel,
        {{ local_date('events.occurred_at') }} as arrival_date,
        events.campaign_id
    from {{ ref('int_events_unioned') }} as events
    left join {{ ref('int_events_superseded') }} as superseded
        on events.event_id = superseded.event_id
    left join {{ ref('int_events_repeated') }} as repeated
        on events.event_id = repeated.event_id
    where
        events.event_type = 'ad_click'
        and events.exclusion_reason is null
        and superseded.event_id is null
        and repeated.event_id is null

),

landed as (

    select
        channel,
        {{ local_date('started_at') }} as arrival_date,
        campaign_id
    from {{ ref('int_sessions_built') }}

),

arrived as (

    select
        *,
        1 as is_click,
        0 as is_landing
    from clicked
    union all
    select
        *,
        0 as is_click,
        1 as is_landing
    from landed

),

counted as (

    select
        arrived.channel,
        arrived.arrival_date,
        coalesce(campaigns.campaign_id, arrived.campaign_id) as campaign_id,
        cast(sum(arrived.is_click) as bigint) as monitored_clicks,
        cast(sum(arrived.is_landing) as bigint) as landings
    from arrived
    left join {{ ref('int_campaigns_named') }} as campaigns
        on
            arrived.channel = campaigns.channel
            and arrived.campaign_id = campaigns.campaign_name
    group by
        arrived.channel, arrived.arrival_date, coalesce(campaigns.campaign_id, arrived.campaign_id)

)

select * from counted
