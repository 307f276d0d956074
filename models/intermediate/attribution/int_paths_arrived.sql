-- One row per aggregated path of a declared file.
with arrived as (

    select
        paths.declared_path_id,
        paths.source,
        paths.path,
        paths.conversions,
        paths.revenue,
        paths.non_conversions,
        loads.load_seq
    from {{ ref('stg_declared__paths') }} as paths
    inner join {{ ref('int_loads_sequenced') }} as loads
        on paths.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

)

select * from arrived
