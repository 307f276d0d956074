-- One row per event name that no dictionary maps: kept, counted, waiting for a line in the seed
-- event_name_map.
with unmapped as (

    select
        events.source,
        events.raw_event,
        coalesce(events.raw_discriminator, '') as raw_discriminator,
        count(*) as event_count,
        min(events.occurred_at) as first_seen_at,
        max(events.occurred_at) as last_seen_at
    from {{ ref('int_events_unioned') }} as events
    left join {{ ref('int_events_superseded') }} as superseded
        on events.event_id = superseded.event_id
    where events.event_type is null and superseded.event_id is null
    group by events.source, events.raw_event, coalesce(events.raw_discriminator, '')

)

select * from unmapped
