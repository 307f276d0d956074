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
                else 0
            end
        )
    )
{%- endmacro %}

{#
    Purchases to be expected in the next `weeks`. The published formula (10) with Euler's
    transformation of its 2F1: the powers in front of it cancel, and terms fall with every
    purchase, where the original's grow first. `ahead` is weeks ÷ (alpha + t).
#}
{% macro expected_purchases(x, ahead, alive) -%}
    (
        (a + b + {{ x }} - 1) / (a - 1) * (
            1 - power(1 + {{ ahead }}, 1 - a) * {{ hypergeometric(
                'a + b - 1 - r', 'a - 1', 'a + b + ' ~ x ~ ' - 1',
                ahead ~ ' / (1 + ' ~ ahead ~ ')'
            ) }}
        ) * {{ alive }}
    )
{%- endmacro %}

{#
    Gauss's 2F1(p, q; s; z) for 0 <= z < 1: its series, term by term from the last one. What comes
    after these terms is taken to fall at the pace of the last two.
#}
{% macro hypergeometric(p, q, s, z, terms=60) -%}
    {%- set series = ['1 / (1 - ' ~ ratio_of_terms(p, q, s, z, terms) ~ ')'] -%}
    {%- for number in range(terms - 1, -1, -1) -%}
        {%- do series.append(
            '1 + ' ~ ratio_of_terms(p, q, s, z, number) ~ ' * (' ~ series.pop() ~ ')'
        ) -%}
    {%- endfor -%}
    ({{ series[0] }})
{%- endmacro %}

{% macro ratio_of_terms(p, q, s, z, number) -%}
    ({{ p }} + {{ number }}) * ({{ q }} + {{ number }}) / ({{ s }} + {{ number }})
    / {{ number + 1 }} * {{ z }}
{%- endmacro %}
