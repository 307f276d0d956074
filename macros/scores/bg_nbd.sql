{#
    BG/NBD (Fader, Hardie, Lee 2005) of a customer with `x` repeat purchases, the last one `t_x`
    weeks after the first, who was seen for `t` weeks. Columns r, alpha, a and b hold the parameters.
#}
{% macro p_alive(x, t_x, t) -%}
    (
        1 / (
            1 + case
                when {{ x }} > 0
                    then
                        a / (b + {{ x }} - 1)
                        * power((alpha + {{ t }}) / (alpha + {{ t_x }}), r + {{ x }})
                when alpha is not null then 0
            end
        )
    )
{%- endmacro %}

{#
    Purchases to be expected in the next weeks. The published formula (10) with Euler's
    transformation of its 2F1: the powers in front of it cancel, and terms fall with every
    purchase, where the original's grow first. `ahead` is weeks ÷ (alpha + t), `series` the 2F1.
#}
{% macro expected_purchases(x, ahead, alive, series) -%}
    (
        (a + b + {{ x }} - 1) / (a - 1)
        * (1 - power(1 + {{ ahead }}, 1 - a) * {{ series }}) * {{ alive }}
    )
{%- endmacro %}

{#
    A part of this 2F1(p, q; s; z): its terms from `first` to before `last`, by the first of them,
    and `rest`, the same of what follows. A series in one piece nests too deep for parsers.
#}
{% macro terms_of_series(x, ahead, first, last, rest) -%}
    {%- set series = [rest] -%}
    {%- for number in range(last - 1, first - 1, -1) -%}
        {%- do series.append(
            '1 + ' ~ ratio_of_terms(x, ahead, number) ~ ' * (' ~ series.pop() ~ ')'
        ) -%}
    {%- endfor -%}
    ({{ series[0] }})
{%- endmacro %}

{# What follows after so many terms, if it falls at the pace that it has there. #}
{% macro rest_of_series(x, ahead, last) -%}
    (1 / (1 - {{ ratio_of_terms(x, ahead, last) }}))
{%- endmacro %}

{% macro ratio_of_terms(x, ahead, number) -%}
    (a + b - 1 - r + {{ number }}) * (a - 1 + {{ number }}) / (a + b + {{ x }} - 1 + {{ number }})
    / {{ number + 1 }} * {{ ahead }} / (1 + {{ ahead }})
{%- endmacro %}
