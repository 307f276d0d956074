{# A rate and its 95 % interval as three columns, null where nothing was tried, or nothing is told of it. #}
{% macro rate_columns(name, successes, trials) -%}
    {%- set tried = trials ~ ' > 0 and ' ~ successes ~ ' is not null' %}
    case when {{ tried }} then cast({{ successes }} as double) / {{ trials }} end as {{ name }},
    case when {{ tried }} then {{ wilson_bound(successes, trials, '-') }} end
        as {{ name }}_from,
    case when {{ tried }} then {{ wilson_bound(successes, trials, '+') }} end as {{ name }}_to
{%- endmacro %}
