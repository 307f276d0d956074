{#
    gamma(z + 1/2) / gamma(z), for z of 1/2 and more, to about 1e-13: by its asymptotic series, which
    begins eight steps up, where it is exact enough.
#}
{% macro gamma_ratio(z) -%}
    {%- set above = '(' ~ z ~ ' + 8e0)' -%}
    (
        sqrt({{ above }}) * exp(
            -1e0 / (8e0 * {{ above }}) + 1e0 / (192e0 * power({{ above }}, 3))
            - 1e0 / (640e0 * power({{ above }}, 5)) + 17e0 / (14336e0 * power({{ above }}, 7))
            - 31e0 / (18432e0 * power({{ above }}, 9))
        )
        {%- for step in range(8) %}
        * (({{ z }} + {{ step }}e0) / ({{ z }} + {{ step }}.5e0))
        {%- endfor %}
    )
{%- endmacro %}
