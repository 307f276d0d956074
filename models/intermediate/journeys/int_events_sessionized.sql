-- One row per event of a device and the session it belongs to. A session ends after half an hour
-- of silence, with a new campaign, or after its longest length. Sessions belong to devices:
-- a change of identity never changes a session.
with touched as (

    select
        event_id,
        stream_id,
        source,
        event_type,
        channel,
        campaign_id,
        click_id,
        page_url,
        identifier_set_id,
        occurred_at,
        -- a landing that names a source; within a visit, no news
        case when channel <> 'direct' then channel || '|' || coalesce(campaign_id, '') end
            as landing
    from {{ ref('int_events_unioned') }}
    where
        stream_id is not null
        and exclusion_reason is null
        and event_type is distinct from 'identity_link'
        and {{ is_touched('stream_id', 'int_events_unioned') }}

),

lagged as (

    select
        *,
        lag(occurred_at) over (partition by stream_id order by occurred_at, event_id)
            as previous_occurred_at,
        lag(landing) over (
            partition by stream_id, landing is null order by occurred_at, event_id
        ) as previous_landing
    from touched

),

cut as (

    select
        *,
        case
            when previous_occurred_at is null then 1
            when
                {{ seconds_between('previous_occurred_at', 'occurred_at') }}
                > {{ var('session_gap_minutes') * 60 }}
                then 1
            when landing <> coalesce(previous_landing, '') then 1
            else 0
        end as is_cut
    from lagged

),

visits as (

    select
        *,
        sum(is_cut) over (
            partition by stream_id order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as visit_number
    from cut

),

timed as (

    select
        *,
        min(occurred_at) over (partition by stream_id, visit_number) as visit_started_at
    from visits

),

capped as (

    select
        *,
        floor(
            {{ seconds_between('visit_started_at', 'occurred_at') }}
            / {{ var('session_max_hours') * 3600 }}
        ) as part_number
    from timed

),

named as (

    select
        *,
        first_value(event_id) over (
            partition by stream_id, visit_number, part_number order by occurred_at, event_id
        ) as first_event_id
    from capped

),

sessionized as (

    select
        event_id,
        stream_id,
        {{ hash_id("stream_id || '|' || first_event_id") }} as session_id,
        source,
        event_type,
        channel,
        campaign_id,
        click_id,
        page_url,
        identifier_set_id,
        occurred_at
    from named

)

select * from sessionized
