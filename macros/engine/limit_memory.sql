{#
    Hook: what DuckDB may take of the machine's memory, "2GB" or so, by default 80 %. Beyond it,
    DuckDB drops what it cached, then spills to disk. Spark is sized as it starts (profiles.yml).
#}
{% macro limit_memory() -%}
    {% if execute and env_var('OMNITOUCH_DUCKDB_MEMORY', '') %}
        {% do adapter.dispatch('limit_memory')(env_var('OMNITOUCH_DUCKDB_MEMORY')) %}
    {% endif %}
{%- endmacro %}

{% macro default__limit_memory(limit) -%}
{%- endmacro %}

{% macro duckdb__limit_memory(limit) -%}
    {% do run_query("set memory_limit = '" ~ limit ~ "'") %}
{%- endmacro %}
