{# 1 to 5: in which fifth somebody is whom so many are below. #}
{% macro fifth_of(below, all) -%}
    cast(floor(5 * {{ below }} / cast({{ all }} as double)) + 1 as bigint)
{%- endmacro %}
