{# The id of a Markov chain without a channel, or of the whole one; the keys say which chain. #}
{% macro removal_id(removals, keys) -%}
    {%- set parts = [] -%}
    {%- for key in keys -%}
        {%- do parts.append("cast(" ~ removals ~ "." ~ key ~ " as string)") -%}
    {%- endfor -%}
    {{ hash_id(
        parts | join(" || '|' || ") ~ " || '|' || coalesce(" ~ removals ~ ".removed_channel, '')"
    ) }}
{%- endmacro %}
