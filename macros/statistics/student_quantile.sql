{#
    What Student's t of so many degrees of freedom, 10 or more, is beyond in 5 % of the cases, on
    either side: to 1e-9; null of fewer. The expansion in 1/degrees of R. A. Fisher and E. A. Cornish,
    "The percentile points of distributions having known cumulants", Technometrics 2 (1960),
    209-225, which is off by 5e-5 for 7 degrees, ...
#}
{% macro student_quantile_near(degrees) -%}
    (
        1.959963984540054e0 + 2.372271230298562e0 / {{ degrees }}
        + 2.822498615739641e0 / power({{ degrees }}, 2)
        + 2.5558496795073e0 / power({{ degrees }}, 3) + 1.5895340533938e0 / power({{ degrees }}, 4)
    )
{%- endmacro %}

{# ... and one step of Newton's from there, by how often t is beyond it. #}
{% macro student_quantile(near, p_of_near, degrees) -%}
    case when {{ degrees }} >= 10 then {{ near }} + ({{ p_of_near }} - 5e-2) / (
        1.1283791670955125739e0 * {{ gamma_ratio(degrees ~ ' / 2e0') }} / sqrt({{ degrees }})
        * power(1e0 + {{ near }} * {{ near }} / {{ degrees }}, -({{ degrees }} + 1e0) / 2e0)
    ) end
{%- endmacro %}
