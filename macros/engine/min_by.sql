{#
    An aggregate: the value, be it null, of the row with the smallest key. A key of several columns
    is written `(first, second)`; it must hold no nulls, which engines sort differently. Rows without
    a key do not count.
#}
{% macro min_by(value, key) -%}
    {{ return(adapter.dispatch('min_by')(value, key)) }}
{%- endmacro %}

{# its min_by passes over rows whose value is null #}
{% macro default__min_by(value, key) -%}
    arg_min_null({{ value }}, {{ key }})
{%- endmacro %}

{% macro spark__min_by(value, key) -%}
    min_by({{ value }}, {{ key }})
{%- endmacro %}
