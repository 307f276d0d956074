{# The standard error of a mean of independent draws, an aggregate of how far each is from it. #}
{% macro sampling_error(off) -%}
    sqrt(
        cast(sum(cast({{ off }} * {{ off }} as decimal(38, 24))) as double)
        / nullif(count({{ off }}) * cast(count({{ off }}) - 1 as double), 0)
    )
{%- endmacro %}
