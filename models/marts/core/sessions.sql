-- One row per session.
with touched as (

    select
        cast(sessions.session_id as string) as session_id,
        sets.customer_id,
        sessions.stream_id as device_id,
        sessions.source,
        sessions.channel,
        sessions.campaign_id,
        sessions.landing_url,
        sessions.started_at,
        sessions.ended_at,
        {{ local_date('sessions.started_at') }} as session_date,
        cast({{ seconds_between('sessions.started_at', 'sessions.ended_at') }} as double)
            as duration_seconds,
        sessions.event_count,
        sessions.item_view_count
    from {{ ref('int_sessions_built') }} as sessions
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on sessions.identifier_set_id = sets.identifier_set_id
    where {{ is_touched('sets.customer_id', 'int_customers_touched') }}

)

select * from touched
