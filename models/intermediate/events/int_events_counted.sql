-- One row per event that counts: not excluded, not told again by another, not replaced by a later
-- version.
with counted as (

    select events.*
    from {{ ref('int_events_unioned') }} as events
    left join {{ ref('int_events_superseded') }} as superseded
        on events.event_id = superseded.event_id
    left join {{ ref('int_events_repeated') }} as repeated
        on events.event_id = repeated.event_id
    where
        events.exclusion_reason is null
        and superseded.event_id is null
        and repeated.event_id is null

)

select * from counted
