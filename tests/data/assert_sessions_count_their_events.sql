-- Sessions and events would tell two stories of one visit.
with counted as (

    select
        session_id,
        count(*) as event_count
    from {{ ref('events') }}
    where session_id is not null
    group by session_id

)

select
    coalesce(sessions.session_id, counted.session_id) as session_id,
    sessions.event_count as counted_by_session,
    counted.event_count as counted_by_events
from {{ ref('sessions') }} as sessions
full outer join counted
    on sessions.session_id = counted.session_id
where sessions.event_count is distinct from counted.event_count
