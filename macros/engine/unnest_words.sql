{#
    In `from`: the rows of a relation once for each piece of a text of theirs, with its columns and
    `word` and `ordinal` (from 1). A row without a text is none. With `before`, also the words before:
    `word_before_1`, `word_before_2` …, null where there are none, and `word_count`.

    DuckDB takes a correlated subquery to a join with itself, which costs five times as much.
#}
{% macro unnest_words(relation, text, separator=' ', before=0) -%}
    {{ return(adapter.dispatch('unnest_words')(relation, text, separator, before)) }}
{%- endmacro %}

{% macro default__unnest_words(relation, text, separator, before) -%}
    (
        select
            * exclude (all_words),
            unnest(all_words) as word,
            generate_subscripts(all_words, 1) as ordinal
            {%- if before -%}
                , length(all_words) as word_count
                {%- for distance in range(1, before + 1) -%}
                    , unnest(
                        list_slice(
                            list_concat([{{ (['null'] * distance) | join(', ') }}], all_words),
                            1, length(all_words)
                        )
                    ) as word_before_{{ distance }}
                {%- endfor -%}
            {%- endif %}
        from (select *, string_split({{ text }}, '{{ separator }}') as all_words from {{ relation }})
    )
{%- endmacro %}

{% macro spark__unnest_words(relation, text, separator, before) -%}
    (
        select
            split_texts.*,
            pieces.word,
            pieces.place + 1 as ordinal
            {%- if before -%}
                , size(split_texts.all_words) as word_count
                {%- for distance in range(1, before + 1) -%}
                    , get(split_texts.all_words, pieces.place - {{ distance }})
                        as word_before_{{ distance }}
                {%- endfor -%}
            {%- endif %}
        from (
            select *, split({{ text }}, '\\Q{{ separator }}\\E') as all_words from {{ relation }}
        ) as split_texts
        lateral view posexplode(split_texts.all_words) pieces as place, word
    )
{%- endmacro %}
