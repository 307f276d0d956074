-- One row per build and customer that something new touches: the only place that says whose rows
-- everything downstream must bring anew. A full build downstream needs no such list.
with arrived_events as (

    select
        stream_id,
        identifier_set_id
    from {{ ref('int_events_unioned') }}
    where {{ is_new('int_events_unioned') }}

),

-- a late event can move the sessions of whoever else used the device
sets_on_streams as (

    select distinct events.identifier_set_id
    from {{ ref('int_events_unioned') }} as events
    where events.stream_id in (select arrived_events.stream_id from arrived_events)

),

lines_of_orders as (

    select
        order_lines.identifier_set_id,
        order_lines.original_order_id
    from {{ ref('int_order_lines_unioned') }} as order_lines
    where {{ is_touched('order_lines.replace_group', 'int_order_lines_unioned') }}

),

-- what comes back lowers what its sale brought, whoever brings it back
sets_in_orders as (

    select identifier_set_id from lines_of_orders
    union
    select orders.identifier_set_id
    from {{ ref('int_orders_composed') }} as orders
    where orders.order_id in (select lines_of_orders.original_order_id from lines_of_orders)

),

-- an earlier version of a record can have named somebody else
sets_of_versions as (

    select distinct events.identifier_set_id
    from {{ ref('int_events_unioned') }} as events
    where {{ is_touched('events.version_group', 'int_events_unioned') }}
    union
    select distinct profiles.identifier_set_id
    from {{ ref('int_profiles_unioned') }} as profiles
    where {{ is_touched('profiles.profile_key', 'int_profiles_unioned') }}

),

touched_sets as (

    select identifier_set_id from arrived_events
    union
    select identifier_set_id from sets_of_versions
    union
    select identifier_set_id from sets_on_streams
    union
    select identifier_set_id from sets_in_orders

),

-- whatever was seen anew, be it a weak identifier of somebody else (a shared device)
seen_again as (

    select distinct exploded.identifier_id
    from {{ ref('int_identifier_sets_observed') }} as observed
    inner join {{ ref('int_identifier_sets_exploded') }} as exploded
        on observed.identifier_set_id = exploded.identifier_set_id
    where {{ is_new('int_identifier_sets_observed', 'observed') }}

),

touched as (

    select sets.customer_id
    from touched_sets
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on touched_sets.identifier_set_id = sets.identifier_set_id
    union
    select resolved.customer_id
    from seen_again
    inner join {{ ref('int_identifiers_resolved') }} as resolved
        on seen_again.identifier_id = resolved.identifier_id
    union
    select customer_id
    from {{ ref('int_identifier_customer_changes') }}
    where {{ is_new('int_identifier_customer_changes') }}
    union
    select previous_customer_id as customer_id
    from {{ ref('int_identifier_customer_changes') }}
    where previous_customer_id is not null and {{ is_new('int_identifier_customer_changes') }}
    union
    select 'aggregated' as customer_id
    from {{ ref('int_paths_arrived') }}
    where {{ is_new('int_paths_arrived') }}

),

numbered as (

    select
        customer_id,
        {{ next_sequence() }} as touched_seq
    from touched
    {% if not is_incremental() %}
        where 1 = 0
    {% endif %}

)

select * from numbered
