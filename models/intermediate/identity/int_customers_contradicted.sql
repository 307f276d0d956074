-- One row per two customers who were on a network together though each has another identifier of
-- which people have one: another openid of the same account. They are two persons.
with held as (

    select distinct
        resolved.component_id,
        observed.identifier_type || ':' || observed.namespace as kind
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as observed
        on resolved.identifier_id = observed.identifier_id and observed.rejected_by is null
    inner join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type and types.is_one_a_person

),

compared as (

    select distinct
        owners.component_id,
        others.component_id as other_component_id
    from {{ ref('int_devices_met') }} as met
    inner join {{ ref('int_devices_owned') }} as owners
        on met.device_id = owners.device_id
    inner join {{ ref('int_devices_owned') }} as others
        on met.other_device_id = others.device_id
    where owners.component_id <> others.component_id

),

-- distinct, as an engine would else compare everybody with the same kind of identifier first
held_by_one as (

    select distinct
        compared.component_id,
        compared.other_component_id,
        held.kind
    from compared
    inner join held
        on compared.component_id = held.component_id

),

contradicted as (

    select distinct
        held_by_one.component_id,
        held_by_one.other_component_id
    from held_by_one
    inner join held
        on
            held_by_one.other_component_id = held.component_id
            and held_by_one.kind = held.kind

)

select * from contradicted
