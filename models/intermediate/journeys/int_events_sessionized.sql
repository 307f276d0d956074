-- One row per event of a device and the session it belongs to. A session ends after half an hour
-- of silence, with a new campaign, or after its longest length. Sessions belong to devices:
-- a change of identity never changes a session.
with on_touched_streams as (

    select * from {{ ref('int_events_unioned') }}
    where {{ is_touched('stream_id', 'int_events_unioned') }}

),

touched as (

    select
        events.event_id,
        events.stream_id,
        {{ partition_key('events.stream_id') }} as stream_key,
        events.occurred_at,
        -- a landing that names a source; within a visit, no news
        case
            when events.channel <> 'direct'
                then events.channel || '|' || coalesce(events.campaign_id, '')
        end as landing
    from on_touched_streams as events
    left join {{ ref('int_events_repeated') }} as repeated
        on events.event_id = repeated.event_id
    where
        events.stream_id is not null
        and events.exclusion_reason is null
        and repeated.event_id is null
        -- what is told of a person is no visit
        and coalesce(events.event_type, '')
        not in ('identity_link', 'identity_unlink', 'profile_update')

),

lagged as (

    select
        *,
        row_number() over stream as stream_position,
        lag(occurred_at) over stream as previous_occurred_at,
        {{ ignoring_nulls('lag', 'landing') }} over stream as previous_landing
    from touched
    window stream as (partition by stream_key order by occurred_at, event_id)

),

cut as (

    select
        event_id,
        stream_id,
        stream_key,
        stream_position,
        occurred_at,
        case
            when
                previous_occurred_at is null
                or {{ seconds_between('previous_occurred_at', 'occurred_at') }}
                > {{ var('session_gap_minutes') * 60 }}
                or landing <> coalesce(previous_landing, '')
                then {{ hash_id('event_id') }}
        end as new_visit_id
    from lagged

),

visits as (

    select
        event_id,
        stream_id,
        stream_key,
        stream_position,
        occurred_at,
        {{ ignoring_nulls('last_value', 'new_visit_id') }} over so_far as visit_id,
        {{ ignoring_nulls(
            'last_value', 'case when new_visit_id is not null then occurred_at end'
        ) }} over so_far as visit_started_at
    from cut
    window so_far as (
        partition by stream_key order by stream_position
        rows between unbounded preceding and current row
    )

),

sessionized as (

    select
        event_id,
        stream_id,
        stream_position,
        -- the parts of a visit that is too long: the numbers that follow its hash
        visit_id + cast(
            floor(
                {{ seconds_between('visit_started_at', 'occurred_at') }}
                / {{ var('session_max_hours') * 3600 }}
            ) as bigint
        ) as session_id
    from visits

)

select * from sessionized
