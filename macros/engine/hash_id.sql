{#
    A 63-bit id of a text, the same on every engine. Hashed ids are in random order, which the
    clustering of the identity graph needs; a collision is looked for by a test.
#}
{% macro hash_id(text) -%}
    {{ return(adapter.dispatch('hash_id')(text)) }}
{%- endmacro %}

{% macro default__hash_id(text) -%}
    cast(cast('0x' || substr(md5({{ text }}), 1, 16) as ubigint) >> 1 as bigint)
{%- endmacro %}

{% macro spark__hash_id(text) -%}
    shiftrightunsigned(cast(conv(substr(md5({{ text }}), 1, 16), 16, -10) as bigint), 1)
{%- endmacro %}
