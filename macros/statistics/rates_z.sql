{#
    z of the difference of two rates, the second less the first, with the variance of one rate for
    both; null where that is 0, be it only as near as doubles can tell.
#}
{% macro rates_z(successes, trials, other_successes, other_trials) -%}
    {%- set rate -%}
        cast({{ successes }} + {{ other_successes }} as double) / ({{ trials }} + {{ other_trials }})
    {%- endset -%}
    (
        cast({{ other_successes }} as double) / {{ other_trials }}
        - cast({{ successes }} as double) / {{ trials }}
    ) / nullif(sqrt(
        greatest(0e0, {{ rate }} * (1e0 - {{ rate }})) * (1e0 / {{ trials }} + 1e0 / {{ other_trials }})
    ), 0e0)
{%- endmacro %}
