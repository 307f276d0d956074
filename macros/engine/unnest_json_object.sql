{# `cross join` of each field of a JSON object text: columns `field` and `field_value`, as text. #}
{% macro unnest_json_object(column) -%}
    {{ return(adapter.dispatch('unnest_json_object')(column)) }}
{%- endmacro %}

{% macro default__unnest_json_object(column) -%}
    cross join lateral (
        select
            unnest(map_keys(from_json({{ column }}, '"map(varchar, varchar)"'))) as field,
            unnest(map_values(from_json({{ column }}, '"map(varchar, varchar)"'))) as field_value
    ) as fields
{%- endmacro %}

{% macro spark__unnest_json_object(column) -%}
    lateral view explode(from_json({{ column }}, 'map<string, string>')) fields
        as field, field_value
{%- endmacro %}
