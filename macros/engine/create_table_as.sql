{#
    What an incremental model adds DuckDB inserts while it works it out; dbt's own way writes it to a
    temporary table first. Where the query reads the model itself that stays: it must not see what it adds.
#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- if
        temporary and config.get('materialized') == 'incremental'
        and this | string not in compiled_code
    -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(compiled_code) }}
        {%- endif -%}
        create temporary view {{ relation.include(database=false, schema=false) }} as
        {{ compiled_code }}
    {%- else -%}
        {{ dbt.duckdb__create_table_as(
            temporary, relation, compiled_code, language, partitioned_by, sorted_by
        ) }}
    {%- endif -%}
{%- endmacro %}
