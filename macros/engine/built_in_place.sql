{#
    Tables and views of DuckDB are replaced where they stand: what happens in a transaction nobody sees
    half done, and what fails leaves what stood. dbt's own way, to build them under another name and
    rename twice, adds a fifth to the time of a build. Of SQL only, without indexes, foreign keys and
    grants: there are none.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(built_in_place('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(built_in_place('view')) }}
{% endmaterialization %}

{% macro built_in_place(type) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {% if existing is not none %}
            drop {{ existing.type }} if exists {{ existing }};
        {% endif %}
        {% if type == 'view' %}
            {{ get_create_view_as_sql(target, compiled_code) }}
        {% else %}
            {{ create_table_as(False, target, compiled_code) }}
        {% endif %}
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmacro %}
