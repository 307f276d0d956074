{{ config(materialized='grown_regions') }}

-- One row per identifier that links connect with several member ids, and the one it stays with.
with owners as (

    select
        clusters.component_id,
        clusters.identifier_id,
        observed.identifier_type,
        observed.namespace,
        types.strength
    from {{ ref('int_identifiers_clustered') }} as clusters
    inner join {{ ref('int_identifiers_observed') }} as observed
        on clusters.identifier_id = observed.identifier_id
    inner join {{ ref('identifier_types') }} as types
        on observed.identifier_type = types.identifier_type and types.is_unique

),

contradicting as (

    select *
    from owners
    qualify count(*) over (partition by component_id, identifier_type, namespace) > 1

),

-- regions grow from one type only: the strongest
rivals as (

    select
        component_id,
        identifier_id
    from contradicting
    qualify
        dense_rank() over (
            partition by component_id order by strength, identifier_type, namespace
        ) = 1

),

links as (

    select
        judged.strong_id,
        judged.weak_id,
        judged.observation_count
    from {{ ref('int_identifier_links_judged') }} as judged
    inner join {{ ref('int_identifiers_clustered') }} as clusters
        on judged.strong_id = clusters.identifier_id
    where
        judged.rejected_by is null
        and clusters.component_id in (select rivals.component_id from rivals)

),

both_ways as (

    select
        strong_id as from_id,
        weak_id as to_id,
        observation_count as weight
    from links
    union all
    select
        weak_id as from_id,
        strong_id as to_id,
        observation_count as weight
    from links

),

marked as (

    select
        both_ways.*,
        rivals.identifier_id is not null as is_owner
    from both_ways
    left join rivals
        on both_ways.from_id = rivals.identifier_id

)

select * from marked
