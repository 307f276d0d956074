-- A bad row would be counted and lost: nobody could see what was wrong with it, or mend it.
with counted as (

    select
        _dlt_load_id as load_id,
        source,
        sum(rows_quarantined) as rows_quarantined
    from {{ source('raw', 'loaded_files') }}
    group by _dlt_load_id, source

),

kept as (

    select
        _dlt_load_id as load_id,
        source,
        count(*) as rows_quarantined
    from {{ source('raw', 'quarantine') }}
    group by _dlt_load_id, source

)

select
    coalesce(counted.load_id, kept.load_id) as load_id,
    coalesce(counted.source, kept.source) as source,
    counted.rows_quarantined as rows_counted,
    kept.rows_quarantined as rows_kept
from counted
full outer join kept
    on counted.load_id = kept.load_id and counted.source = kept.source
where coalesce(counted.rows_quarantined, 0) <> coalesce(kept.rows_quarantined, 0)
