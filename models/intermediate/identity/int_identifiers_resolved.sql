-- One row per identifier and the customer it belongs to.
with resolved as (

    select
        identifiers.identifier_id,
        'c' || lpad(
            cast(coalesce(clusters.component_id, identifiers.identifier_id) as string), 19, '0'
        ) as customer_id
    from {{ ref('int_identifiers_observed') }} as identifiers
    left join {{ ref('int_identifiers_clustered') }} as clusters
        on identifiers.identifier_id = clusters.identifier_id

)

select * from resolved
