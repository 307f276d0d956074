{# Whether a model adds to what is there: dbt's own, and for our own materializations too. #}
{% macro is_incremental() -%}
    {% if not execute or not is_kept_up() %}
        {{ return(false) }}
    {% endif %}
    {% set relation = load_cached_relation(this) %}
    {{ return(relation is not none and relation.type == 'table' and not should_full_refresh()) }}
{%- endmacro %}

{# Whether a model is kept up by what arrives, and so has a watermark. #}
{% macro is_kept_up() -%}
    {{ return(model.config.materialized in ['incremental', 'connected_components']) }}
{%- endmacro %}
