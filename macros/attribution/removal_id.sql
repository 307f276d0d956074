{# The id of a Markov chain without a channel, or of the whole one. #}
{% macro removal_id(removals) -%}
    {{ hash_id(
        removals ~ ".conversion_type || '|' || cast(" ~ removals ~ ".markov_order as string)"
        ~ " || '|' || coalesce(" ~ removals ~ ".removed_channel, '')"
    ) }}
{%- endmacro %}
