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
        {{ null_columns(['touchpoint_type']) }},
        sessions.ad_id,
        {{ null_columns(['creative_id', 'content_id', 'store_id']) }},
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
        events.event_type as touchpoint_type,
        events.ad_id,
        events.creative_id,
        events.content_id,
        events.store_id,
        events.occurred_at as touched_at
    from {{ ref('int_events_counted') }} as events
    inner join {{ ref('event_types') }} as event_types
        on events.event_type = event_types.event_type and event_types.counts_as_touch
    inner join touched_sets as sets
        on events.identifier_set_id = sets.identifier_set_id
    where
        events.stream_id is null
        -- a conversion that tells no channel says what somebody did, not through what they came
        and (
            events.channel is not null
            or events.event_type not in (
                select types.event_type from {{ ref('int_conversion_types') }} as types
            )
        )

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
        ) as click_rank,
        -- the monitor's report tells of which ad the visit is, the landing page how it was tagged
        max(case when touchpoint_kind = 'event' then ad_id end) over (of_click) as clicked_ad_id,
        max(creative_id) over (of_click) as clicked_creative_id,
        max(content_id) over (of_click) as clicked_content_id
    from unioned
    window of_click as (
        partition by customer_id, coalesce(click_id, cast(touchpoint_id as string))
    )

),

-- later sessions of one click id are visits of their own; the monitor's report is not
counted_once as (

    select
        deduplicated.touchpoint_id,
        deduplicated.touchpoint_kind,
        coalesce(deduplicated.touchpoint_type, 'session') as touchpoint_type,
        deduplicated.customer_id,
        deduplicated.channel,
        deduplicated.campaign_id,
        coalesce(deduplicated.clicked_ad_id, deduplicated.ad_id) as ad_id,
        deduplicated.clicked_creative_id as creative_id,
        deduplicated.clicked_content_id as content_id,
        deduplicated.store_id,
        coalesce(weights.weight, 1) as weight,
        deduplicated.touched_at
    from deduplicated
    left join {{ ref('touchpoint_weights') }} as weights
        on coalesce(deduplicated.touchpoint_type, 'session') = weights.touchpoint_type
    where deduplicated.click_rank = 1 or deduplicated.touchpoint_kind = 'session'

)

select * from counted_once
