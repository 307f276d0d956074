-- One row per device that one customer alone uses, and what is known of that customer: whether by
-- name, whether as a member. A device that several use says nothing of any of them.
with users as (

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
        customers.customer_id,
        customers.component_id,
        customers.is_known,
        customers.is_member
    from users
    inner join {{ ref('int_customers_known') }} as customers
        on users.customer_id = customers.customer_id

)

select * from owned
