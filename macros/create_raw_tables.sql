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

{#
    Spark has to be told of the Delta tables that dlt wrote. Where there is none yet, the same
    statement makes a table without columns.
#}
{% macro spark__create_raw_tables() -%}
    {% for schema in graph.sources.values() | map(attribute='schema') | unique %}
        {% do run_query('create schema if not exists ' ~ schema ~ " location '" ~ schema ~ "'") %}
        {% set folder = schema_location(schema) %}
        {% set known = run_query('show tables in ' ~ schema).columns['tableName'].values() %}
        {% for source in graph.sources.values() | selectattr('schema', 'equalto', schema) %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(
                    column.name ~ ' ' ~ column.data_type | replace('timestamptz', 'timestamp')
                ) %}
            {% endfor %}
            {% set location = " location '" ~ folder ~ '/' ~ source.identifier ~ "'" %}
            {# dlt's own tables are JSON lines; Spark keeps a list of their files until told #}
            {% if source.identifier.startswith('_dlt') %}
                {% do run_query(
                    'create table if not exists ' ~ source.relation_name
                    ~ ' (' ~ columns | join(', ') ~ ') using json' ~ location
                ) %}
                {% do run_query('refresh table ' ~ source.relation_name) %}
            {% else %}
                {% if source.identifier not in known %}
                    {% do run_query(
                        'create table ' ~ source.relation_name ~ ' using delta' ~ location
                    ) %}
                {% endif %}
                {% if run_query('describe table ' ~ source.relation_name).rows | length == 0 %}
                    {% do run_query(
                        'alter table ' ~ source.relation_name
                        ~ ' add columns (' ~ columns | join(', ') ~ ')'
                    ) %}
                {% endif %}
            {% endif %}
        {% endfor %}
    {% endfor %}
{%- endmacro %}
