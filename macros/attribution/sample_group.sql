{# The group, from 0, that an id is drawn into for intervals: ids are hashes. #}
{% macro sample_group(id) -%}
    cast(mod({{ id }}, {{ var('interval_groups') }}) as int)
{%- endmacro %}
