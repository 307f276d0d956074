{# The columns every staged order line has, in order: the contract between channels and the union. #}
{% macro order_line_columns() -%}
    order_line_version_id,
    source,
    source_order_id,
    replace_group,
    version_group,
    version,
    load_id,
    identifiers,
    order_kind,
    order_status,
    store_id,
    item_id,
    is_reported_by_event,
    quantity,
    gross_revenue,
    refunded_revenue,
    ordered_at,
    paid_at,
    refunded_at
{%- endmacro %}
