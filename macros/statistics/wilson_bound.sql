{#
    An end of the 95 % interval of a rate, `+` the upper and `-` the lower one, which holds for small
    numbers too and never leaves 0 to 1: E. B. Wilson, "Probable inference, the law of succession,
    and statistical inference", Journal of the American Statistical Association 22 (1927), 209-212.
#}
{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = '1.959963984540054e0' -%}
    least(1e0, greatest(0e0, (
        {{ successes }} + {{ z }} * {{ z }} / 2e0
        {{ sign }} {{ z }} * sqrt(
            {{ successes }} * ({{ trials }} - {{ successes }}) / cast({{ trials }} as double)
            + {{ z }} * {{ z }} / 4e0
        )
    ) / ({{ trials }} + {{ z }} * {{ z }})))
{%- endmacro %}
