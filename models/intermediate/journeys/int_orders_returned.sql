-- One row per line of a return that names the sale it takes back. A receipt that sells, too, is an
-- order that is worth what was paid on it in all.
with paid_back as (

    select
        source,
        source_order_id,
        replace_group,
        paid_at
    from {{ ref('int_orders_composed') }}
    where order_kind = 'return' and order_status <> 'cancelled' and paid_at is not null

),

returned as (

    select
        lines.order_line_version_id,
        lines.original_order_id as order_id,
        paid_back.paid_at as returned_at,
        -lines.gross_revenue as returned_revenue
    from {{ ref('int_order_lines_counted') }} as lines
    inner join paid_back
        on
            lines.source = paid_back.source
            and lines.replace_group = paid_back.replace_group
            and lines.source_order_id = paid_back.source_order_id
    where lines.original_order_id is not null and lines.gross_revenue <> 0

)

select * from returned
