-- One row per set of identifiers that came together in one record, and load: how often, and when.
-- Events repeat the same few sets, so the graph is built from sets, not from events.
with observed as (

    select
        identifier_set_id,
        identifier_set,
        occurred_at as observed_at,
        load_seq
    from {{ ref('int_events_unioned') }}
    where exclusion_reason is null and {{ is_new('int_events_unioned') }}
    union all
    select
        identifier_set_id,
        identifier_set,
        ordered_at as observed_at,
        load_seq
    from {{ ref('int_order_lines_unioned') }}
    where {{ is_new('int_order_lines_unioned') }}
    union all
    select
        identifier_set_id,
        identifier_set,
        observed_at,
        load_seq
    from {{ ref('int_profiles_unioned') }}
    where {{ is_new('int_profiles_unioned') }}

),

counted as (

    select
        identifier_set_id,
        identifier_set,
        load_seq,
        count(*) as observation_count,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_seen_at
    from observed
    where identifier_set <> ''
    group by identifier_set_id, identifier_set, load_seq

)

select * from counted
