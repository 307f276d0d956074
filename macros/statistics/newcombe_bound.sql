{#
    An end of the 95 % interval of the difference of two rates, the second less the first, of their
    own Wilson bounds: method 10 of R. G. Newcombe, "Interval estimation for the difference between
    independent proportions", Statistics in Medicine 17 (1998), 873-890.
#}
{% macro newcombe_bound(successes, trials, other_successes, other_trials, sign) -%}
    {%- set opposite = '-' if sign == '+' else '+' -%}
    {%- set rate = 'cast(' ~ successes ~ ' as double) / ' ~ trials -%}
    {%- set other_rate = 'cast(' ~ other_successes ~ ' as double) / ' ~ other_trials -%}
    {{ other_rate }} - {{ rate }} {{ sign }} sqrt(
        power({{ rate }} - {{ wilson_bound(successes, trials, opposite) }}, 2)
        + power({{ other_rate }} - {{ wilson_bound(other_successes, other_trials, sign) }}, 2)
    )
{%- endmacro %}
