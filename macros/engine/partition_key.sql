{#
    What windows part a long text by: its digest of 128 bits where a number sorts faster, or else the
    text. Not the same on every engine, so nothing that a table keeps.
#}
{% macro partition_key(text) -%}
    {{ return(adapter.dispatch('partition_key')(text)) }}
{%- endmacro %}

{% macro default__partition_key(text) -%}
    md5_number({{ text }})
{%- endmacro %}

{% macro spark__partition_key(text) -%}
    {{ text }}
{%- endmacro %}
