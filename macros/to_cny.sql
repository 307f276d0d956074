{# An amount text in the unit that the source writes this field in (seed money_units), as yuan. #}
{% macro to_cny(text, source, field) -%}
    cast(
        try_cast({{ text }} as decimal(18, 4)) * (
            select units.to_cny
            from {{ ref('money_units') }} as units
            where units.source = '{{ source }}' and units.field = '{{ field }}'
        ) as decimal(18, 4)
    )
{%- endmacro %}
