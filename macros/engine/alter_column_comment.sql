{#
    Column comments. On Spark dbt's own macro alters the table once a column, each time a commit of
    its Delta log. An incremental run finds the comments there.
#}
{% macro spark__alter_column_comment(relation, column_dict) -%}
    {% set comments = [] %}
    {% for name, column in column_dict.items() if column.description %}
        {% do comments.append(name ~ ' comment ' ~ spark_text(column.description)) %}
    {% endfor %}
    {% if comments and not is_incremental() %}
        {% do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) %}
    {% endif %}
{%- endmacro %}

{# On DuckDB it asks the database first which columns there are, which a contract says already. #}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {% for name, column in column_dict.items() %}
        comment on column {{ relation }}.{{ name }}
            is {{ duckdb_escape_comment(column.description) }};
    {% endfor %}
{%- endmacro %}
