-- An event that landed would be dropped without anybody knowing, mapped or not, excluded or not;
-- only versions that a later one replaces stay behind.
select
    arrived.source,
    arrived.event_id
from {{ ref('int_events_unioned') }} as arrived
left join {{ ref('int_events_superseded') }} as superseded
    on arrived.event_id = superseded.event_id
left join {{ ref('events') }} as events
    on arrived.event_id = events.event_id
where events.event_id is null and superseded.event_id is null
