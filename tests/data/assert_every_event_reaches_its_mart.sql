-- An event that landed would be dropped without anybody knowing, mapped or not, excluded or not.
select
    arrived.source,
    arrived.event_id
from {{ ref('int_events_unioned') }} as arrived
left join {{ ref('events') }} as events
    on arrived.event_id = events.event_id
where events.event_id is null
