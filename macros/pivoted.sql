{# Aggregates: of rows that hold a name and a value, one column a name. #}
{% macro pivoted(name_column, value_column, names) -%}
    {%- for name in names -%}
        max(case when {{ name_column }} = '{{ name }}' then {{ value_column }} end) as {{ name }}
        {{- ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
