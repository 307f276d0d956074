-- One row per channel, campaign and day: clicks that the click monitor was told of, and sessions
-- that began with the channel, or touches that a declared file tells.
with clicked as (

    select
        channel,
        {{ local_date('occurred_at') }} as arrival_date,
        campaign_id
    from {{ ref('int_events_counted') }}
    where event_type = 'ad_click'

),

landed as (

    select
        channel,
        {{ local_date('started_at') }} as arrival_date,
        campaign_id
    from {{ ref('int_sessions_built') }}
    union all
    select
        channel,
        {{ local_date('occurred_at') }} as arrival_date,
        campaign_id
    from {{ ref('int_events_counted') }}
    where event_type = 'touch' and stream_id is null

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
