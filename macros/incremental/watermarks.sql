{#
    What each incremental model has taken from each of its upstreams, and under which rules.

    A model takes what *arrived* since its own watermark, never what happened after some time, so
    data may be late by any amount. The watermark is written after the rows it speaks of (in one
    transaction with them where the engine has transactions), so a run that died half-way is simply
    run again. One row a model: on no engine can a part of it be written.
#}
{% macro watermarks_relation() -%}
    {{ return(api.Relation.create(
        database=target.database | default(none), schema='intermediate', identifier='watermarks', type='table'
    )) }}
{%- endmacro %}

{# Hook: the table of watermarks, before the first model asks. #}
{% macro create_watermarks() -%}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'compile', 'show'] %}
        {% do adapter.create_schema(watermarks_relation()) %}
        {% do adapter.dispatch('create_watermarks_table')() %}
        {% do known_watermarks() %}
    {% endif %}
{%- endmacro %}

{% macro default__create_watermarks_table() -%}
    {% do run_query(
        'create table if not exists ' ~ watermarks_relation()
        ~ ' (positions string, fingerprint string, generation string, model string)'
    ) %}
{%- endmacro %}

{# A partition a model: overwriting a small file is five times faster than a change of a Delta table. #}
{% macro spark__create_watermarks_table() -%}
    {% do run_query(
        'create table if not exists ' ~ watermarks_relation()
        ~ ' (positions string, fingerprint string, generation string, model string)'
        ~ ' using parquet partitioned by (model)'
    ) %}
{%- endmacro %}

{#
    The watermarks of all models, as {model: {positions, fingerprint, generation}}. Read once a run
    and kept up to date in memory: models ask many times, and a query is dear on some engines.
#}
{% macro known_watermarks() -%}
    {% if graph.get('watermarks', {}).get('invocation_id') != invocation_id %}
        {% set known = {} %}
        {% for row in run_query(
            'select model, positions, fingerprint, generation from ' ~ watermarks_relation()
        ).rows %}
            {% set positions = {} %}
            {% for position in (row[1] or '').split() %}
                {% do positions.update({position.split('=')[0]: position.split('=')[1] | int}) %}
            {% endfor %}
            {% do known.update({row[0]: {
                'positions': positions, 'fingerprint': row[2], 'generation': row[3]
            }}) %}
        {% endfor %}
        {% do graph.update({'watermarks': {'invocation_id': invocation_id, 'models': known}}) %}
    {% endif %}
    {{ return(graph.watermarks.models) }}
{%- endmacro %}

{# How far `model` has read `upstream` (a model's name): 0 before the first time. #}
{% macro watermark(upstream) -%}
    {{ return(known_watermarks().get(model.name, {}).get('positions', {}).get(upstream, 0)) }}
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

{#
    Hook before a model that is built anew: a run that dies between its rows and its watermark must
    not leave the old watermark beside the new rows.
#}
{% macro forget_watermark() -%}
    {% if execute and is_kept_up() %}
        {% if model.name in known_watermarks() and not is_incremental() %}
            {% do known_watermarks().pop(model.name) %}
            {% do adapter.dispatch('delete_watermark')() %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Hook after a model: how far it has read, under which rules. #}
{% macro remember_watermarks() -%}
    {% if execute and is_kept_up() %}
        {% set built_anew = not is_incremental() %}
        {% set positions = {} %}
        {% for node_id in model.depends_on.nodes %}
            {% set node = graph.nodes.get(node_id) %}
            {% if node and node.config.get('meta', {}).get('sequence') %}
                {% do positions.update({node.name: newest(node)}) %}
            {% endif %}
        {% endfor %}
        {% set taken = {
            'positions': positions,
            'fingerprint': fingerprint(),
            'generation':
                invocation_id if built_anew
                else known_watermarks().get(model.name, {}).get('generation', invocation_id)
        } %}
        {% set texts = [] %}
        {% for name, position in positions.items() %}
            {% do texts.append(name ~ '=' ~ position) %}
        {% endfor %}
        {% do adapter.dispatch('write_watermark')(
            "'" ~ [texts | join(' '), taken.fingerprint, taken.generation] | join("', '") ~ "'"
        ) %}
        {% do known_watermarks().update({model.name: taken}) %}
    {% endif %}
{%- endmacro %}

{# The newest sequence number of an upstream: nothing changes it while the models below it run. #}
{% macro newest(node) -%}
    {% do known_watermarks() %}
    {% set newest_of = graph.watermarks.setdefault('newest', {}) %}
    {% if node.name not in newest_of %}
        {% set found = run_query(
            'select coalesce(max(' ~ node.config.meta.sequence ~ '), 0) from ' ~ node.relation_name
        ).columns[0][0] | int %}
        {% do newest_of.update({node.name: found}) %}
    {% endif %}
    {{ return(newest_of[node.name]) }}
{%- endmacro %}

{% macro default__write_watermark(values) -%}
    {% do adapter.dispatch('delete_watermark')() %}
    {% do run_query(
        'insert into ' ~ watermarks_relation() ~ ' values (' ~ values ~ ", '" ~ model.name ~ "')"
    ) %}
{%- endmacro %}

{% macro spark__write_watermark(values) -%}
    {% do run_query(
        'insert overwrite ' ~ watermarks_relation() ~ " partition (model = '" ~ model.name ~ "') "
        ~ 'values (' ~ values ~ ')'
    ) %}
{%- endmacro %}

{#
    Before a model changes two tables: where no transaction holds both, a run that dies between them
    leaves no watermark, and the model is built anew.
#}
{% macro doubt_watermark() -%}
    {% do adapter.dispatch('doubt_watermark')() %}
{%- endmacro %}

{% macro default__doubt_watermark() -%}{%- endmacro %}

{% macro spark__doubt_watermark() -%}
    {% do adapter.dispatch('delete_watermark')() %}
{%- endmacro %}

{% macro default__delete_watermark() -%}
    {% do run_query(
        'delete from ' ~ watermarks_relation() ~ " where model = '" ~ model.name ~ "'"
    ) %}
{%- endmacro %}

{% macro spark__delete_watermark() -%}
    {% do run_query(
        'alter table ' ~ watermarks_relation() ~ " drop if exists partition (model = '"
        ~ model.name ~ "')"
    ) %}
{%- endmacro %}
