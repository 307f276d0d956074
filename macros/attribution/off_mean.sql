{# How far a figure is from the mean over a named window. #}
{% macro off_mean(figure, window) -%}
    {# as decimals: a sum of doubles hangs on the order of rows #}
    {{ figure }} - cast(sum(cast({{ figure }} as decimal(38, 15))) over ({{ window }}) as double)
    / nullif(count({{ figure }}) over ({{ window }}), 0)
{%- endmacro %}
