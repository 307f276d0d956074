-- One row per identifier and the component it is part of in the end; alone, its own.
with grouped as (

    select
        observed.identifier_id,
        observed.first_seen_at,
        coalesce(types.strength, 1000) as strength,
        coalesce(
            separated.component_id, clusters.component_id, observed.identifier_id
        ) as component_id
    from {{ ref('int_identifiers_observed') }} as observed
    left join {{ ref('int_identifiers_clustered') }} as clusters
        on observed.identifier_id = clusters.identifier_id
    left join {{ ref('int_identifiers_separated') }} as separated
        on observed.identifier_id = separated.identifier_id
    left join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type

)

select * from grouped
