{% set key = '(acts.occurred_at, acts.event_id)' %}

-- One row per form, page, channel, kind of device and hour: in how many visits it was opened, and
-- filled in.
with forms as (

    select event_id
    from {{ ref('events') }}
    where event_type in ('form_view', 'form_submit')

),

agents as (

    select
        arrived.event_id,
        min(kinds.device_kind) as device_kind
    from forms
    inner join {{ ref('int_events_arrived') }} as arrived
        on forms.event_id = arrived.event_id
    inner join {{ ref('device_kinds') }} as kinds
        on lower(arrived.user_agent) like kinds.pattern
    group by arrived.event_id

),

acts as (

    select
        events.event_id,
        events.event_type,
        events.occurred_at,
        coalesce(events.content_id, '(unnamed)') as form,
        -- outside of sessions each entry is a visit of its own
        coalesce(events.session_id, events.event_id) as visit_id,
        coalesce({{ page_alone('events.page_url') }}, '(none)') as page,
        coalesce(sessions.channel, events.channel, 'unknown') as channel,
        coalesce(agents.device_kind, '(unknown)') as device_kind
    from {{ ref('events') }} as events
    left join {{ ref('sessions') }} as sessions
        on events.session_id = sessions.session_id
    left join agents
        on events.event_id = agents.event_id
    where
        events.exclusion_reason is null and events.event_type in ('form_view', 'form_submit')

),

visits as (

    select
        acts.form,
        acts.visit_id,
        -- the scene is that of the first act
        {{ min_by('acts.page', key) }} as page,
        {{ min_by('acts.channel', key) }} as channel,
        {{ min_by('acts.device_kind', key) }} as device_kind,
        min(acts.occurred_at) as begun_at,
        min(case when acts.event_type = 'form_view' then acts.occurred_at end) as viewed_at,
        max(case when acts.event_type = 'form_submit' then acts.occurred_at end) as submitted_at
    from acts
    group by acts.form, acts.visit_id

),

counted as (

    select
        form,
        page,
        channel,
        device_kind,
        cast(extract(hour from {{ local_time('begun_at') }}) as bigint) as hour_of_day,
        count(viewed_at) as viewing_visits,
        count(submitted_at) as submitting_visits,
        count(case when submitted_at >= viewed_at then 1 end) as completed_visits,
        {{ quantile(
            'case when submitted_at >= viewed_at then '
            ~ seconds_between('viewed_at', 'submitted_at') ~ ' end', 0.5
        ) }} as seconds_to_complete_median
    from visits
    group by
        form, page, channel, device_kind,
        cast(extract(hour from {{ local_time('begun_at') }}) as bigint)

),

rated as (

    select
        *,
        {{ rate_columns('completion_rate', 'completed_visits', 'viewing_visits') }}
    from counted

)

select * from rated
