-- One row per event that tells again of an act that another event tells, and which one counts.
-- An act ends where its events pause for longer than the seed says.
with touched as (

    select
        events.event_id,
        events.act_key,
        events.occurred_at,
        acts.within_seconds,
        acts.always_counts
    from {{ ref('int_events_unioned') }} as events
    inner join {{ ref('acts_counted_once') }} as acts
        on
            events.source = acts.source
            and events.raw_event = acts.raw_event
            and coalesce(events.raw_discriminator, '') = coalesce(acts.raw_discriminator, '')
    where
        events.act_key is not null
        and events.exclusion_reason is null
        and {{ is_touched('events.act_key', 'int_events_unioned') }}

),

lagged as (

    select
        *,
        lag(occurred_at) over (
            partition by act_key order by occurred_at, event_id
        ) as previous_occurred_at
    from touched

),

acts_numbered as (

    select
        *,
        sum(
            case
                when
                    {{ seconds_between('previous_occurred_at', 'occurred_at') }} <= within_seconds
                    then 0
                else 1
            end
        ) over (
            partition by act_key order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as act_number
    from lagged

),

counted as (

    select
        *,
        first_value(event_id) over (
            partition by act_key, act_number
            order by case when always_counts then 0 else 1 end, occurred_at, event_id
        ) as counted_with
    from acts_numbered

),

repeated as (

    select
        event_id,
        act_key,
        counted_with
    from counted
    where event_id <> counted_with and not always_counts

)

select * from repeated
