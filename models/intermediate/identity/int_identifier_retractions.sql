-- One row per identifier that a record parts from another, or from all others, and load.
with parted as (

    select
        events.event_id,
        events.identifier_set_id,
        events.occurred_at as retracted_at,
        events.load_seq,
        retractions.reason,
        retractions.parts_from_all,
        retractions.lasts
    from {{ ref('int_events_unioned') }} as events
    inner join {{ ref('identifier_retractions') }} as retractions
        on events.event_type = retractions.event_type
    where events.exclusion_reason is null and {{ is_new('int_events_unioned', 'events') }}

),

-- a phone and its hashes are one
named as (

    select
        parted.*,
        exploded.identifier_id,
        exploded.namespace || ':' || coalesce(types.form_of, exploded.identifier_type) as kind
    from parted
    inner join {{ ref('int_identifier_sets_exploded') }} as exploded
        on parted.identifier_set_id = exploded.identifier_set_id
    left join {{ ref('identifier_types') }} as types
        on exploded.identifier_type = types.identifier_type

),

counted as (

    select
        event_id,
        count(distinct kind) as kind_count
    from named
    group by event_id

),

retracted as (

    select
        named.event_id,
        named.identifier_id,
        -- of several identifiers each is parted from the others, a single one from everybody
        others.identifier_id as other_id,
        named.reason,
        named.lasts,
        named.retracted_at,
        named.load_seq
    from named
    inner join counted
        on named.event_id = counted.event_id
    left join named as others
        on
            -- a condition on one side alone would have everything compared with everything
            case when not named.parts_from_all then named.event_id end = others.event_id
            and named.kind <> others.kind
    where named.parts_from_all or counted.kind_count = 1 or others.identifier_id is not null

)

select * from retracted
