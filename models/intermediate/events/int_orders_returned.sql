-- One row per line of a return that names the sale it takes back.
with returned as (

    select
        order_line_version_id,
        {{ hash_id("source || ':' || original_source_order_id") }} as order_id,
        paid_at as returned_at,
        -gross_revenue as returned_revenue
    from {{ ref('int_order_lines_counted') }}
    where order_kind = 'return' and original_source_order_id is not null

)

select * from returned
