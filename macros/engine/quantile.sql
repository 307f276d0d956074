{# An aggregate: the value below which a share of the rows lie, between two of them in proportion. #}
{% macro quantile(column, share) -%}
    {{ return(adapter.dispatch('quantile')(column, share)) }}
{%- endmacro %}

{% macro default__quantile(column, share) -%}
    quantile_cont(cast({{ column }} as double), {{ share }})
{%- endmacro %}

{% macro spark__quantile(column, share) -%}
    percentile(cast({{ column }} as double), {{ share }})
{%- endmacro %}
