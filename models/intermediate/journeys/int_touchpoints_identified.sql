-- One row per touchpoint of a known or unknown customer: a session, or an event outside sessions
-- that counts as a touch. An ad click that led to a session is that session.
with touched_sets as (

    select
        identifier_set_id,
        customer_id
    from {{ ref('int_identifier_sets_resolved') }}
    where
        customer_id <> 'unknown'
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

sessions as (

    select
        'session' as touchpoint_kind,
        sessions.session_id as touchpoint_id,
        sets.customer_id,
        sessions.channel,
        sessions.campaign_id,
        sessions.click_id,
        sessions.started_at as touched_at
    from {{ ref('int_sessions_built') }} as sessions
    inner join touched_sets as sets
        on sessions.identifier_set_id = sets.identifier_set_id

),

single_events as (

    select
        'event' as touchpoint_kind,
        {{ hash_id('events.event_id') }} as touchpoint_id,
        sets.customer_id,
        coalesce(events.channel, 'unknown') as channel,
        events.campaign_id,
        events.click_id,
        events.occurred_at as touched_at
    from {{ ref('int_events_unioned') }} as events
    inner join {{ ref('event_types') }} as event_types
        on events.event_type = event_types.event_type and event_types.counts_as_touch
    inner join touched_sets as sets
        on events.identifier_set_id = sets.identifier_set_id
    left join {{ ref('int_events_superseded') }} as superseded
        on events.event_id = superseded.event_id
    left join {{ ref('int_events_repeated') }} as repeated
        on events.event_id = repeated.event_id
    where
        events.stream_id is null
        and events.exclusion_reason is null
        and superseded.event_id is null
        and repeated.event_id is null

),

unioned as (

    select * from sessions
    union all
    select * from single_events

),

deduplicated as (

    select
        *,
        row_number() over (
            partition by customer_id, coalesce(click_id, cast(touchpoint_id as string))
            order by
                case when touchpoint_kind = 'session' then 0 else 1 end, touched_at, touchpoint_id
        ) as click_rank
    from unioned

),

counted_once as (

    select
        touchpoint_id,
        touchpoint_kind,
        customer_id,
        channel,
        campaign_id,
        touched_at
    from deduplicated
    -- later sessions of one click id are visits of their own; the monitor's report is not
    where click_rank = 1 or touchpoint_kind = 'session'

)

select * from counted_once
