{#
    z of the difference of two rates, the second less the first, with the variance of one rate for
    both; null where that is 0.
#}
{% macro rates_z(successes, trials, other_successes, other_trials) -%}
    (
        cast({{ other_successes }} as double) / {{ other_trials }}
        - cast({{ successes }} as double) / {{ trials }}
    ) / nullif(sqrt(
        cast({{ successes }} + {{ other_successes }} as double) / ({{ trials }} + {{ other_trials }})
        * (1e0 - cast({{ successes }} + {{ other_successes }} as double)
            / ({{ trials }} + {{ other_trials }}))
        * (1e0 / {{ trials }} + 1e0 / {{ other_trials }})
    ), 0e0)
{%- endmacro %}
