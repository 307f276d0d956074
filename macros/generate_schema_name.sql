{# Schemas are named as the folders say, not prefixed by the target's: one warehouse, one brand. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
