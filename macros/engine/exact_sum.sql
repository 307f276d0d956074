{#
    An aggregate: the sum of doubles up to 1e18, to 20 decimals, the same in any order of rows (one of
    doubles would hang on it).
#}
{% macro exact_sum(value) -%}
    {{ return(adapter.dispatch('exact_sum')(value)) }}
{%- endmacro %}

{% macro default__exact_sum(value) -%}
    cast(sum(cast({{ value }} as decimal(38, 20))) as double)
{%- endmacro %}

{# To whole numbers DuckDB casts a double faster. #}
{% macro duckdb__exact_sum(value) -%}
    cast(sum(cast({{ value }} * 1e20 as hugeint)) as double) / 1e20
{%- endmacro %}
