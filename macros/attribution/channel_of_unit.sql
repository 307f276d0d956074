{# The channel that a unit of a level is of, see int_touchpoints_at_levels. #}
{% macro channel_of_unit(level, unit) -%}
    case when {{ level }} = 'channel' then {{ unit }} else split_part({{ unit }}, ' / ', 1) end
{%- endmacro %}
