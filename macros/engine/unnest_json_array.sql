{# `cross join` of each element of a JSON array text: columns `element` (JSON text) and `ordinal` (from 1). #}
{% macro unnest_json_array(column, path) -%}
    {{ return(adapter.dispatch('unnest_json_array')(column, path)) }}
{%- endmacro %}

{% macro default__unnest_json_array(column, path) -%}
    cross join lateral (
        select
            unnest(from_json(json_extract({{ column }}, '{{ path }}'), '["json"]')) as element,
            generate_subscripts(
                from_json(json_extract({{ column }}, '{{ path }}'), '["json"]'), 1
            ) as ordinal
    ) as elements
{%- endmacro %}

{% macro spark__unnest_json_array(column, path) -%}
    lateral view posexplode(
        from_json(get_json_object({{ column }}, '{{ path }}'), 'array<string>')
    ) elements as ordinal_from_zero, element
{%- endmacro %}
