{#
    In `from`: the rows of a relation once for each element of a JSON array in a text of theirs, with
    its columns and `element` (JSON text).
#}
{% macro unnest_json_array(relation, column, path) -%}
    {{ return(adapter.dispatch('unnest_json_array')(relation, column, path)) }}
{%- endmacro %}

{% macro default__unnest_json_array(relation, column, path) -%}
    (
        select
            *,
            unnest(from_json(json_extract({{ column }}, '{{ path }}'), '["json"]')) as element
        from {{ relation }}
    )
{%- endmacro %}

{% macro spark__unnest_json_array(relation, column, path) -%}
    (
        select * from {{ relation }}
        lateral view explode(
            from_json(get_json_object({{ column }}, '{{ path }}'), 'array<string>')
        ) elements as element
    )
{%- endmacro %}
