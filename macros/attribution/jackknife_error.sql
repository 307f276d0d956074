{#
    The standard error of a figure by the delete-one-group jackknife (Efron and Stein 1981), an
    aggregate of how far the figure is from its mean when each group is left out. Small figures need
    more digits.
#}
{% macro jackknife_error(off, digits=15) -%}
    sqrt(
        (count({{ off }}) - 1) / cast(nullif(count({{ off }}), 0) as double)
        * cast(sum(cast({{ off }} * {{ off }} as decimal(38, {{ digits }}))) as double)
    )
{%- endmacro %}
