{# A timestamp so many whole days earlier; the days are a column. #}
{% macro days_before(column, days) -%}
    {{ return(adapter.dispatch('days_before')(column, days)) }}
{%- endmacro %}

{% macro default__days_before(column, days) -%}
    ({{ column }} - to_days(cast({{ days }} as int)))
{%- endmacro %}

{% macro spark__days_before(column, days) -%}
    ({{ column }} - make_dt_interval(cast({{ days }} as int)))
{%- endmacro %}
