{# The clause that makes a table one that rows can be deleted from. #}
{% macro table_format() -%}
    {{ return(adapter.dispatch('table_format')()) }}
{%- endmacro %}

{% macro default__table_format() -%}
{%- endmacro %}

{% macro spark__table_format() %} using delta{% endmacro %}
