{#
    Hook: a raw table for every source that has not delivered yet, empty. A user with one CSV and no
    shop still builds every model. dlt finds the tables and fills them as if it had made them.
#}
{% macro create_raw_tables() -%}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'compile', 'show'] %}
        {{ return(adapter.dispatch('create_raw_tables')()) }}
    {% endif %}
{%- endmacro %}

{% macro default__create_raw_tables() -%}
    {% for source in graph.sources.values() %}
        {% do run_query('create schema if not exists ' ~ source.schema) %}
        {% set columns = [] %}
        {% for column in source.columns.values() %}
            {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
        {% endfor %}
        {% do run_query(
            'create table if not exists ' ~ source.relation_name ~ ' (' ~ columns | join(', ') ~ ')'
        ) %}
    {% endfor %}
{%- endmacro %}
