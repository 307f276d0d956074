-- One row per event whose record came again in a later version: it happened once, as the version
-- that counts tells it. Where it is left out, the latest is what stays.
with touched as (

    select
        event_id,
        version_group,
        version
    from {{ ref('int_events_unioned') }}
    where version_group is not null and {{ is_touched('version_group', 'int_events_unioned') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by version_group order by version desc, event_id desc
        ) as version_rank
    from touched

),

superseded as (

    select
        event_id,
        version_group
    from ranked
    where version_rank > 1

)

select * from superseded
