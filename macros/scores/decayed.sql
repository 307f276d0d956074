{# A count that halves with every half-life. Decimals add up to the same in any order of rows. #}
{% macro decayed(amount, age_in_days, half_life_days) -%}
    cast({{ amount }} * exp(-ln(2.0) * {{ age_in_days }} / {{ half_life_days }}) as decimal(18, 6))
{%- endmacro %}
