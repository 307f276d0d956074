{# What an order or an item of it came to, in the words of the marts: a return is told by what went back. #}
{% macro order_money() -%}
    cast(case when order_kind = 'sale' then gross_revenue else 0 end as decimal(18, 4))
        as gross_revenue,
    -- a return is a document of its own, its amount negative
    cast(
        case when order_kind = 'sale' then refunded_revenue else -gross_revenue end
        as decimal(18, 4)
    ) as refunded_revenue,
    cast(
        case
            when paid_at is null or order_status = 'cancelled' then 0
            when order_kind = 'return' then gross_revenue
            else gross_revenue - refunded_revenue
        end as decimal(18, 4)
    ) as net_revenue
{%- endmacro %}
