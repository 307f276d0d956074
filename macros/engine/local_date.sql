{# The calendar day of a UTC timestamp where the brand lives. #}
{% macro local_date(column) -%}
    {{ return(adapter.dispatch('local_date')(column)) }}
{%- endmacro %}

{% macro default__local_date(column) -%}
    cast(({{ column }} at time zone 'UTC') at time zone '{{ var("time_zone") }}' as date)
{%- endmacro %}

{% macro spark__local_date(column) -%}
    cast(from_utc_timestamp({{ column }}, '{{ var("time_zone") }}') as date)
{%- endmacro %}
