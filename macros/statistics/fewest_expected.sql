{#
    The least of the four counts, successes and failures of both, that one rate for both would make:
    below 5, z of two rates is no normal variable.
#}
{% macro fewest_expected(successes, trials, other_successes, other_trials) -%}
    {%- set all_trials = '(' ~ trials ~ ' + ' ~ other_trials ~ ')' -%}
    {%- set all_successes = 'cast(' ~ successes ~ ' + ' ~ other_successes ~ ' as double)' -%}
    least({{ all_successes }}, {{ all_trials }} - {{ all_successes }}) / {{ all_trials }}
    * least({{ trials }}, {{ other_trials }})
{%- endmacro %}
