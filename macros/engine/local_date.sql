{# The calendar day of a UTC timestamp where the brand lives. #}
{% macro local_date(column) -%}
    cast({{ local_time(column) }} as date)
{%- endmacro %}
