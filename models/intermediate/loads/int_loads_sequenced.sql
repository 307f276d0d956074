-- One row per complete load, numbered in the order the warehouse first saw it.
with completed as (

    select distinct load_id
    from {{ source('raw', '_dlt_loads') }}
    where status = 0

),

unseen as (

    select load_id
    from completed
    {% if is_incremental() %}
        where load_id not in (select seen.load_id from {{ this }} as seen)
    {% endif %}

),

sequenced as (

    select
        load_id,
        cast(
            row_number() over (order by load_id)
            {% if is_incremental() %}
                + (select coalesce(max(seen.load_seq), 0) from {{ this }} as seen)
            {% endif %}
            as bigint
        ) as load_seq
    from unseen

)

select * from sequenced
