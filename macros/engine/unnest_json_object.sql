{#
    In `from`: the rows of a relation once for each field of a JSON object in a text of theirs, with its
    columns and `field` and `field_value`, as text.
#}
{% macro unnest_json_object(relation, column) -%}
    {{ return(adapter.dispatch('unnest_json_object')(relation, column)) }}
{%- endmacro %}

{% macro default__unnest_json_object(relation, column) -%}
    (
        select
            * exclude (all_fields),
            unnest(map_keys(all_fields)) as field,
            unnest(map_values(all_fields)) as field_value
        from (
            select *, from_json({{ column }}, '"map(varchar, varchar)"') as all_fields
            from {{ relation }}
        )
    )
{%- endmacro %}

{% macro spark__unnest_json_object(relation, column) -%}
    (
        select * from {{ relation }}
        lateral view explode(from_json({{ column }}, 'map<string, string>')) fields
            as field, field_value
    )
{%- endmacro %}
