{# Columns of the canonical shape that a channel has nothing for, as null texts. #}
{% macro null_columns(names) -%}
    {%- for name in names -%}
        cast(null as string) as {{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
