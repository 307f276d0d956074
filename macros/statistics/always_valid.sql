{#
    p of a difference that holds however often one looks, of its square error and a difference such as
    one would expect: one per the likelihood of differences that are normal around 0 with that spread
    against none, the mixture of R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always valid
    inference", Operations Research 70 (2022), 1806-1821. Null where nothing varies.
#}
{% macro always_valid_p(difference, square_error, typical_effect) -%}
    {%- set mixed = '(' ~ typical_effect ~ ' * ' ~ typical_effect ~ ')' -%}
    case when {{ square_error }} > 0 then least(
        1e0,
        sqrt(({{ square_error }} + {{ mixed }}) / nullif({{ square_error }}, 0e0)) * exp(
            -{{ difference }} * {{ difference }} * {{ mixed }} / nullif(
                2e0 * {{ square_error }} * ({{ square_error }} + {{ mixed }}), 0e0
            )
        )
    ) end
{%- endmacro %}

{# Half the width of the interval of the differences that are 5 % or more likely by that. #}
{% macro always_valid_reach(square_error, typical_effect) -%}
    {%- set mixed = '(' ~ typical_effect ~ ' * ' ~ typical_effect ~ ')' -%}
    case when {{ square_error }} > 0 then sqrt(
        {{ square_error }} * ({{ square_error }} + {{ mixed }}) / {{ mixed }}
        * ln(({{ square_error }} + {{ mixed }}) / (nullif({{ square_error }}, 0e0) * 2.5e-3))
    ) end
{%- endmacro %}
