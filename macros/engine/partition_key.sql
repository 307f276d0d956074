{#
    What windows partition by in place of a long text: its digest of 128 bits where numbers sort
    faster, or else the text itself. It differs between engines, so no table may keep it.
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
