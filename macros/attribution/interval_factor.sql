{#
    Standard errors that a 95 % interval reaches to either side: Student's t of as many degrees of
    freedom as there are groups of customers, less one.
#}
{% macro interval_factor() -%}
    {{ student_quantile_near((var('interval_groups') - 1) ~ 'e0') }}
{%- endmacro %}
