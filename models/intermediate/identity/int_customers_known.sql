-- One row per customer and what is known of it: whether by name, whether as a member, and whether
-- somebody asked for it to be parted from what it was linked with.
with retracted as (

    select identifier_id
    from {{ ref('int_identifiers_parted') }}
    union
    select other_id as identifier_id
    from {{ ref('int_identifiers_parted') }}

),

known as (

    select
        resolved.component_id,
        resolved.customer_id,
        coalesce(bool_or(types.identifies_person), false) as is_known,
        coalesce(bool_or(types.is_unique), false) as is_member,
        bool_or(retracted.identifier_id is not null) as is_parted
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as observed
        on resolved.identifier_id = observed.identifier_id
    left join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type
    left join retracted
        on resolved.identifier_id = retracted.identifier_id
    group by resolved.component_id, resolved.customer_id

)

select * from known
