{# Whether a model adds to what is there: dbt's own, and for our own materializations too. #}
{% macro is_incremental() -%}
    {% if not execute or not is_kept_up() %}
        {{ return(false) }}
    {% endif %}
    {# components are kept in tables beside their view #}
    {% set is_view = model.config.materialized == 'connected_components' %}
    {% set relation = load_cached_relation(kept_table('merged') if is_view else this) %}
    {{ return(relation is not none and relation.type == 'table' and not should_full_refresh()) }}
{%- endmacro %}

{# Whether a model is kept up by what arrives, and so has a watermark. #}
{% macro is_kept_up() -%}
    {{ return(model.config.materialized in ['incremental', 'connected_components']) }}
{%- endmacro %}
