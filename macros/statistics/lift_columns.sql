{#
    Lift of a group within a whole, the rate of the group divided by the rate of all, and its 95 %
    interval, as three columns; of counts that are doubles, trials above 0. The ends are null where
    none of the group succeeded, and lift is where nobody did.

    The error is of the logarithm of lift, by the delta method. The whole holds the group, so it is
    that of a ratio of two groups less what they share: none is left where the group is the whole.
    That none of the others succeeded so far is no proof that none ever would: half a success is
    assumed.
#}
{% macro lift_columns(name, successes, trials, all_successes, all_trials) -%}
    {%- set lift -%}
        ({{ successes }} / {{ trials }} / nullif({{ all_successes }} / {{ all_trials }}, 0))
    {%- endset -%}
    {%- set other_successes -%}
        case when {{ trials }} < {{ all_trials }}
            then greatest({{ all_successes }} - {{ successes }}, 0.5) else 0 end
    {%- endset -%}
    {%- set other_trials = '(' ~ all_trials ~ ' - ' ~ trials ~ ')' -%}
    {#- what rounding leaves of nothing may lie below it -#}
    {%- set log_error -%}
        sqrt(abs(
            power({{ other_successes }} / nullif({{ all_successes }}, 0), 2)
            * (1 / nullif({{ successes }}, 0) - 1 / {{ trials }})
            + {{ other_successes }} / power(nullif({{ all_successes }}, 0), 2)
            * (1 - coalesce({{ other_successes }} / nullif({{ other_trials }}, 0), 0))
        ))
    {%- endset -%}
    {{ lift }} as {{ name }},
    {{ ratio_bound(lift, log_error, '-') }} as {{ name }}_from,
    case
        when {{ lift }} > 0 then greatest(
            {{ lift }},
            least({{ ratio_bound(lift, log_error, '+') }}, {{ all_trials }} / {{ trials }})
        )
    end as {{ name }}_to
{%- endmacro %}
