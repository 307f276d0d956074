{# A UTC timestamp as the clocks showed it where the brand lives. #}
{% macro local_time(column) -%}
    {{ return(adapter.dispatch('local_time')(column)) }}
{%- endmacro %}

{% macro default__local_time(column) -%}
    (({{ column }} at time zone 'UTC') at time zone '{{ var("time_zone") }}')
{%- endmacro %}

{% macro spark__local_time(column) -%}
    from_utc_timestamp({{ column }}, '{{ var("time_zone") }}')
{%- endmacro %}
