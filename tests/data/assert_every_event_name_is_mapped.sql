{{ config(severity='warn') }}

-- A finding, not a bug: a channel sends a name that no line of the seed event_name_map knows, so
-- its events count in no funnel.
select
    source,
    raw_event,
    raw_discriminator,
    event_count
from {{ ref('unmapped_events') }}
