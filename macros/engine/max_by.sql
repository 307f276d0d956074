{# An aggregate: the value, be it null, of the row with the greatest key, see min_by. #}
{% macro max_by(value, key) -%}
    {{ return(adapter.dispatch('max_by')(value, key)) }}
{%- endmacro %}

{# its max_by passes over rows whose value is null #}
{% macro default__max_by(value, key) -%}
    arg_max_null({{ value }}, {{ key }})
{%- endmacro %}

{% macro spark__max_by(value, key) -%}
    max_by({{ value }}, {{ key }})
{%- endmacro %}
