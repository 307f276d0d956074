-- A row would be in the warehouse of which no load says that it read it.
with accounted as (

    select
        source,
        sum(rows_landed) as rows_landed
    from {{ ref('load_accounting') }}
    group by source

),

landed as (

    {% for source_name in raw_record_tables() %}
        select
            '{{ source_name }}' as source,
            count(*) as rows_landed
        from {{ source('raw', source_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    landed.source,
    landed.rows_landed,
    accounted.rows_landed as rows_accounted_for
from landed
left join accounted
    on landed.source = accounted.source
where landed.rows_landed <> coalesce(accounted.rows_landed, 0)
