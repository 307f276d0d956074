{# An aggregate: texts joined by a separator, in the order of a column that has no ties. #}
{% macro join_words(text, separator, ordered_by) -%}
    {{ return(adapter.dispatch('join_words')(text, separator, ordered_by)) }}
{%- endmacro %}

{# Its own string_agg sorts groups one by one, which costs more than twice as much. #}
{% macro default__join_words(text, separator, ordered_by) -%}
    array_to_string(
        list_transform(
            list_sort(
                list({'place': {{ ordered_by }}, 'word': {{ text }}})
                filter (where {{ text }} is not null)
            ),
            lambda piece: struct_extract(piece, 'word')
        ),
        '{{ separator }}'
    )
{%- endmacro %}

{% macro spark__join_words(text, separator, ordered_by) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ ordered_by }})
{%- endmacro %}
