-- One row per customer and what is known of it: whether by name, whether as a member.
with known as (

    select
        resolved.component_id,
        resolved.customer_id,
        coalesce(bool_or(types.identifies_person), false) as is_known,
        coalesce(bool_or(types.is_unique), false) as is_member
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as observed
        on resolved.identifier_id = observed.identifier_id
    left join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type
    group by resolved.component_id, resolved.customer_id

)

select * from known
