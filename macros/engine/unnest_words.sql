{#
    `cross join` of each piece of a text: columns `word` and `ordinal` (from 1).
    An empty text gives no row.
#}
{% macro unnest_words(column, separator=' ') -%}
    {{ return(adapter.dispatch('unnest_words')(column, separator)) }}
{%- endmacro %}

{% macro default__unnest_words(column, separator) -%}
    cross join lateral (
        select
            unnest(string_split({{ column }}, '{{ separator }}')) as word,
            generate_subscripts(string_split({{ column }}, '{{ separator }}'), 1) as ordinal
    ) as words
{%- endmacro %}

{% macro spark__unnest_words(column, separator) -%}
    cross join lateral (
        select
            piece as word,
            place + 1 as ordinal
        from (
            select posexplode(split({{ column }}, '\\Q{{ separator }}\\E')) as (place, piece)
        )
    ) as words
{%- endmacro %}
