-- One row per identifier, and the customer it belongs to.
with identifiers as (

    select
        cast(identifiers.identifier_id as string) as identifier_id,
        resolved.customer_id,
        identifiers.identifier_type,
        identifiers.namespace,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        identifiers.observation_count
    from {{ ref('int_identifiers_observed') }} as identifiers
    inner join {{ ref('int_identifiers_resolved') }} as resolved
        on identifiers.identifier_id = resolved.identifier_id

)

select * from identifiers
