{# A polynomial by Horner's rule; the coefficient of the highest power comes first. #}
{% macro polynomial(coefficients, x) -%}
    {{ '(' * (coefficients | length - 1) }}{{ coefficients[0] }}
    {%- for coefficient in coefficients[1:] %} * {{ x }} + {{ coefficient }}){% endfor %}
{%- endmacro %}
