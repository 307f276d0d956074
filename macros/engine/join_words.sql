{# An aggregate: texts joined by a separator, in the order of a column that has no ties. #}
{% macro join_words(text, separator, ordered_by) -%}
    {{ return(adapter.dispatch('join_words')(text, separator, ordered_by)) }}
{%- endmacro %}

{% macro default__join_words(text, separator, ordered_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ ordered_by }})
{%- endmacro %}

{% macro spark__join_words(text, separator, ordered_by) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ ordered_by }})
{%- endmacro %}
