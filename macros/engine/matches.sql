{# Whether a pattern, constant or of a column, is found in a text. #}
{% macro matches(value, pattern) -%}
    {{ return(adapter.dispatch('matches')(value, pattern)) }}
{%- endmacro %}

{% macro default__matches(value, pattern) -%}
    regexp_matches({{ value }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches(value, pattern) -%}
    {{ value }} rlike {{ pattern }}
{%- endmacro %}
