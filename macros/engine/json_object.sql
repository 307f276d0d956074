{#
    A JSON object as text: {name: SQL of its value}. Nulls are left out; without any value it is null.
    Numbers and booleans stay what they are: cast what is to be one.
#}
{% macro json_object(fields) -%}
    {{ return(adapter.dispatch('json_object')(fields)) }}
{%- endmacro %}

{% macro default__json_object(fields) -%}
    nullif(
        cast(json_merge_patch('{}', json_object(
        {%- for name, value in fields.items() -%}
            '{{ name }}', {{ value }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        )) as string), '{}'
    )
{%- endmacro %}

{% macro spark__json_object(fields) -%}
    nullif(
        to_json(named_struct(
        {%- for name, value in fields.items() -%}
            '{{ name }}', {{ value }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        )), '{}'
    )
{%- endmacro %}
