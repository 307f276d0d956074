{#
    An end of the 95 % interval of a ratio, `+` the upper and `-` the lower one, of the standard error
    of its logarithm; null where that is.
#}
{% macro ratio_bound(ratio, log_error, sign) -%}
    {{ ratio }} * exp({{ sign }}1.959963984540054e0 * {{ log_error }})
{%- endmacro %}
