-- One row per set of identifiers that came together in one record, source and load: how often, and
-- when.
-- Events repeat the same few sets, so the graph is built from sets, not from events.
with observed as (

    select
        events.identifier_set_id,
        events.identifier_set,
        events.source,
        events.occurred_at as observed_at,
        -- a record that parts identifiers is none that they belong together
        retractions.event_type is null as is_evidence,
        events.load_seq
    from {{ ref('int_events_unioned') }} as events
    left join {{ ref('identifier_retractions') }} as retractions
        on events.event_type = retractions.event_type
    where events.exclusion_reason is null and {{ is_new('int_events_unioned', 'events') }}
    union all
    select
        identifier_set_id,
        identifier_set,
        source,
        ordered_at as observed_at,
        true as is_evidence,
        load_seq
    from {{ ref('int_order_lines_unioned') }}
    where {{ is_new('int_order_lines_unioned') }}
    union all
    select
        identifier_set_id,
        identifier_set,
        source,
        observed_at,
        true as is_evidence,
        load_seq
    from {{ ref('int_profiles_unioned') }}
    where {{ is_new('int_profiles_unioned') }}

),

counted as (

    select
        identifier_set_id,
        identifier_set,
        source,
        is_evidence,
        load_seq,
        count(*) as observation_count,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_seen_at
    from observed
    where identifier_set <> ''
    group by identifier_set_id, identifier_set, source, is_evidence, load_seq

)

select * from counted
