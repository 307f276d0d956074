{#
    The standard error of a figure by the delete-one-group jackknife (Efron and Stein 1981), an
    aggregate of how far the figure is from its mean when each group is left out.
#}
{% macro jackknife_error(off) -%}
    sqrt(
        (count({{ off }}) - 1) / cast(nullif(count({{ off }}), 0) as double)
        * cast(sum(cast({{ off }} * {{ off }} as decimal(38, 15))) as double)
    )
{%- endmacro %}
