{#
    What each incremental model has taken from each of its upstreams, and under which rules.

    A model takes what *arrived* since its own watermark, never what happened after some time, so
    data may be late by any amount. The watermark is written with the rows it speaks of, so a run
    that died half-way is simply run again.
#}
{% macro watermarks_relation() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='intermediate', identifier='watermarks', type='table'
    )) }}
{%- endmacro %}

{# Hook: the table of watermarks, before the first model asks. #}
{% macro create_watermarks() -%}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'compile', 'show'] %}
        {% do adapter.create_schema(watermarks_relation()) %}
        {% do run_query(
            'create table if not exists ' ~ watermarks_relation() ~ ' ('
            'model string, upstream string, position bigint, fingerprint string, generation string)'
            ~ table_format()
        ) %}
    {% endif %}
{%- endmacro %}

{# How far `model` has read `upstream` (a model's name): 0 before the first time. #}
{% macro watermark(upstream) -%}
    {% set row = run_query(
        "select coalesce(max(position), 0) from " ~ watermarks_relation()
        ~ " where model = '" ~ model.name ~ "' and upstream = '" ~ upstream ~ "'"
    ) %}
    {{ return(row.columns[0][0] | int) }}
{%- endmacro %}

{#
    A condition: the rows of `upstream` that arrived since this model last read it; all of them
    when the model is built anew.
#}
{% macro is_new(upstream, alias=none) -%}
    {% if is_incremental() %}
        {%- set sequence = graph.nodes['model.' ~ project_name ~ '.' ~ upstream].config.meta.sequence -%}
        {{ alias ~ '.' if alias }}{{ sequence }} > {{ watermark(upstream) }}
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{# A condition: the key is among those that something new in `upstream` touches. #}
{% macro is_touched(key, upstream, key_in_upstream=none) -%}
    {% if is_incremental() -%}
        {{ key }} in (
            select touched.{{ key_in_upstream or key.split('.')[-1] }}
            from {{ ref(upstream) }} as touched
            where {{ is_new(upstream, 'touched') }}
        )
    {%- else -%}
        {# the dependency stands in every build, or the order of models would differ #}
        {%- set _ = ref(upstream) -%}
        true
    {%- endif %}
{%- endmacro %}

{# Hook after a model: how far it has read, under which rules. In one transaction with its rows. #}
{% macro remember_watermarks() -%}
    {% if execute and config.get('materialized') == 'incremental' %}
        {% set built_anew = not is_incremental() %}
        {% set generation = invocation_id if built_anew else generation_of(model.name) %}
        {% set rules = fingerprint() %}
        {% set rows = ["('" ~ model.name ~ "', '', 0, '" ~ rules ~ "', '" ~ generation ~ "')"] %}
        {% for node_id in model.depends_on.nodes %}
            {% set node = graph.nodes.get(node_id) %}
            {% if node and node.config.get('meta', {}).get('sequence') %}
                {% set position = run_query(
                    'select coalesce(max(' ~ node.config.meta.sequence ~ '), 0) from '
                    ~ node.relation_name
                ).columns[0][0] %}
                {% do rows.append(
                    "('" ~ model.name ~ "', '" ~ node.name ~ "', " ~ position ~ ", '', '')"
                ) %}
            {% endif %}
        {% endfor %}
        {% do run_query(
            'delete from ' ~ watermarks_relation() ~ " where model = '" ~ model.name ~ "'"
        ) %}
        {% do run_query('insert into ' ~ watermarks_relation() ~ ' values ' ~ rows | join(', ')) %}
    {% endif %}
{%- endmacro %}
