-- One row per event name that no dictionary maps: kept, counted, waiting for a line in the seed
-- event_name_map.
with unmapped as (

    select
        source,
        raw_event,
        coalesce(raw_discriminator, '') as raw_discriminator,
        count(*) as event_count,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from {{ ref('int_events_unioned') }}
    where event_type is null
    group by source, raw_event, coalesce(raw_discriminator, '')

)

select * from unmapped
