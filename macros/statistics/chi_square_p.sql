{#
    How often a chi-square variable of 1 to 9 degrees of freedom, a column, is at least so large; 1
    of none, null of more. For whole degrees the tail is a finite sum.
#}
{% macro chi_square_p(x, degrees) -%}
    {%- set half = '(' ~ x ~ ' / 2e0)' -%}
    {%- set factors = namespace(even=1.0, odd=1.0 / 1.7724538509055160273) -%}
    case
        when {{ degrees }} < 1 then 1e0
        when {{ degrees }} > 9 then null
        when {{ degrees }} % 2 = 1
            then {{ complementary_error('sqrt(' ~ half ~ ')') }} + exp(-{{ half }}) * (0e0
                {%- for step in range(1, 5) %}
                {%- set factors.odd = factors.odd / (step - 0.5) %}
                + case when {{ degrees }} > {{ 2 * step }} then {{ '%.17e' % factors.odd }}
                    * sqrt({{ half }}) * power({{ half }}, {{ step - 1 }}) else 0e0 end
                {%- endfor %})
        else exp(-{{ half }}) * (1e0
            {%- for step in range(1, 4) %}
            {%- set factors.even = factors.even / step %}
            + case when {{ degrees }} > {{ 2 * step }} then {{ '%.17e' % factors.even }}
                * power({{ half }}, {{ step }}) else 0e0 end
            {%- endfor %})
    end
{%- endmacro %}
