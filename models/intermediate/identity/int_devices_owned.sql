-- One row per device that one customer alone uses, and what is known of that customer: whether by
-- name, whether as a member. A device that several use says nothing of any of them.
with customers as (

    select
        resolved.customer_id,
        min(resolved.component_id) as component_id,
        coalesce(bool_or(types.identifies_person), false) as is_known,
        coalesce(bool_or(types.is_unique), false) as is_member
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as observed
        on resolved.identifier_id = observed.identifier_id
    left join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type
    group by resolved.customer_id

),

users as (

    select
        sessions.stream_id,
        min(sets.customer_id) as customer_id
    from {{ ref('int_sessions_built') }} as sessions
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on sessions.identifier_set_id = sets.identifier_set_id
    where sets.customer_id <> 'unknown'
    group by sessions.stream_id
    having count(distinct sets.customer_id) = 1

),

owned as (

    select
        {{ hash_id('users.stream_id') }} as device_id,
        customers.*
    from users
    inner join customers
        on users.customer_id = customers.customer_id

)

select * from owned
