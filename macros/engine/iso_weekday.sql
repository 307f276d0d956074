{# The day of the week of a timestamp or date: 1 is Monday, 7 is Sunday. #}
{% macro iso_weekday(column) -%}
    {{ return(adapter.dispatch('iso_weekday')(column)) }}
{%- endmacro %}

{% macro default__iso_weekday(column) -%}
    isodow({{ column }})
{%- endmacro %}

{% macro spark__iso_weekday(column) -%}
    (weekday({{ column }}) + 1)
{%- endmacro %}
