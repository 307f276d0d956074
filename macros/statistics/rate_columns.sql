{# A rate and its 95 % interval as three columns, null where nothing was tried. #}
{% macro rate_columns(name, successes, trials) -%}
    case when {{ trials }} > 0 then cast({{ successes }} as double) / {{ trials }} end as {{ name }},
    case when {{ trials }} > 0 then {{ wilson_bound(successes, trials, '-') }} end
        as {{ name }}_from,
    case when {{ trials }} > 0 then {{ wilson_bound(successes, trials, '+') }} end as {{ name }}_to
{%- endmacro %}
