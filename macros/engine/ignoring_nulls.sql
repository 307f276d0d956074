{# A window function of a column that passes over its nulls; `over` follows. #}
{% macro ignoring_nulls(function, column) -%}
    {{ return(adapter.dispatch('ignoring_nulls')(function, column)) }}
{%- endmacro %}

{% macro default__ignoring_nulls(function, column) -%}
    {{ function }}({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__ignoring_nulls(function, column) -%}
    {{ function }}({{ column }}) ignore nulls
{%- endmacro %}
