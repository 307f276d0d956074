{#
    A number's text as a whole number, halves away from zero; null where it is no number. Engines
    differ in what they make of a text such as `2.5`: one rounds it, another takes it for none.
#}
{% macro whole_number(text) -%}
    cast(round(try_cast({{ text }} as decimal(18, 4))) as bigint)
{%- endmacro %}
