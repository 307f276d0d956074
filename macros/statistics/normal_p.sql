{# How often a standard normal variable is at least so far from 0, on either side. #}
{% macro normal_p(z) -%}
    {{ complementary_error('(abs(' ~ z ~ ') * 7.0710678118654752440e-1)') }}
{%- endmacro %}
