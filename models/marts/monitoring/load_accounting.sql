-- One row per load and source: what became of every row that was read.
with files as (

    select
        _dlt_load_id as load_id,
        source,
        count(*) as file_count,
        sum(rows_read) as rows_read
    from {{ source('raw', 'loaded_files') }}
    group by _dlt_load_id, source

),

quarantined as (

    select
        _dlt_load_id as load_id,
        source,
        count(*) as rows_quarantined
    from {{ source('raw', 'quarantine') }}
    group by _dlt_load_id, source

),

landed as (

    {% for source_name in raw_record_tables() %}
        select
            _dlt_load_id as load_id,
            '{{ source_name }}' as source,
            count(*) as rows_landed
        from {{ source('raw', source_name) }}
        group by _dlt_load_id
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

accounted as (

    select
        files.load_id,
        files.source,
        cast(files.file_count as bigint) as file_count,
        cast(files.rows_read as bigint) as rows_read,
        cast(coalesce(landed.rows_landed, 0) as bigint) as rows_landed,
        cast(
            files.rows_read
            - coalesce(landed.rows_landed, 0)
            - coalesce(quarantined.rows_quarantined, 0) as bigint
        ) as rows_duplicate,
        cast(coalesce(quarantined.rows_quarantined, 0) as bigint) as rows_quarantined
    from files
    left join landed
        on files.load_id = landed.load_id and files.source = landed.source
    left join quarantined
        on files.load_id = quarantined.load_id and files.source = quarantined.source

)

select * from accounted
