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
    Purchases to be expected in the next weeks: the published formula (10), of `ahead`, weeks ÷
    (alpha + t), and `series`, the 2F1 with the parameters of series_parameters. What stands in front
    of Euler's is (1 + ahead)^(1 - a), of the published one (1 + ahead)^-(r + x).
#}
{% macro expected_purchases(x, ahead, alive, series) -%}
    (
        (a + b + {{ x }} - 1) / (a - 1)
        * (1 - power(1 + {{ ahead }}, -least(a - 1, r + {{ x }})) * {{ series }}) * {{ alive }}
    )
{%- endmacro %}

{#
    Columns with the two upper parameters of the 2F1: the published ones or Euler's transformation of
    them, whichever terms fall faster. Each alone fails somewhere: the published terms grow with every
    purchase, Euler's with a.
#}
{% macro series_parameters(x) -%}
    case when a < r + {{ x }} + 1 then a + b - 1 - r else r + {{ x }} end as upper_1,
    case when a < r + {{ x }} + 1 then a - 1 else b + {{ x }} end as upper_2
{%- endmacro %}

{#
    A part of this 2F1(upper_1, upper_2; s; z): its terms from `first` to before `last`, by the first
    of them, and `rest`, the same of what follows. A series in one piece nests too deep for parsers.
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
    (upper_1 + {{ number }}) * (upper_2 + {{ number }}) / (a + b + {{ x }} - 1 + {{ number }})
    / {{ number + 1 }} * {{ ahead }} / (1 + {{ ahead }})
{%- endmacro %}
