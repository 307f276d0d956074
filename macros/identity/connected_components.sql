{#
    Materializes (id, component) of a model that selects undirected edges (low_id, high_id).

    Hook and contract: every id points at its smallest neighbour, pointers jump once, both ends of
    every edge move to where they point, duplicates and loops fall away; until no edge is left. The
    graph shrinks by a factor each round, so the cost is that of the first. Ids must be hashed: in
    natural order a long chain would shrink by one id a round.
#}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set max_rounds = config.get('max_rounds', 60) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set state = namespace(round=0, edges=component_table('edges_0'), left=0) -%}
    {% do create_component_table(state.edges, sql) %}
    {% set state.left = count_rows(state.edges) %}
    {% for _ in range(max_rounds) %}
        {% if state.left > 0 %}
            {% set state.round = state.round + 1 %}
            {% set hooks = component_table('hooks_' ~ state.round) %}
            {% set contracted = component_table('edges_' ~ state.round) %}
            {% do create_component_table(hooks, hooked_ids(state.edges)) %}
            {% do create_component_table(contracted, contracted_edges(state.edges, hooks)) %}
            {% do drop_component_table(state.edges) %}
            {% set state.edges = contracted %}
            {% set state.left = count_rows(state.edges) %}
        {% endif %}
    {% endfor %}
    {# a wrong graph must not pass for a finished one #}
    {% if state.left > 0 %}
        {% do exceptions.raise_compiler_error(
            this ~ ': edges are left after ' ~ max_rounds ~ ' rounds; are the ids hashed?'
        ) %}
    {% endif %}

    {# the hooks of all rounds followed to their ends, from the last round to the first #}
    {% for round in range(state.round - 1, 1, -1) %}
        {% do create_component_table(
            component_table('composed_' ~ round), composed_hooks(round, state.round)
        ) %}
    {% endfor %}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} {{ table_format() }} as
        {{ components(state.round) }}
    {%- endcall %}

    {% do drop_component_table(state.edges) %}
    {% for round in range(1, state.round + 1) %}
        {% do drop_component_table(component_table('hooks_' ~ round)) %}
        {% if 1 < round < state.round %}
            {% do drop_component_table(component_table('composed_' ~ round)) %}
        {% endif %}
    {% endfor %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Working tables. On Spark they are files without an entry in the metastore: a run that died leaves
   none that the next could not overwrite, and Delta's log would cost more than the data. #}
{% macro component_table(name) -%}
    {{ return(adapter.dispatch('component_table')(this.identifier ~ '__' ~ name)) }}
{%- endmacro %}

{% macro default__component_table(identifier) -%}
    {{ return(this.incorporate(path={'identifier': identifier}, type='table')) }}
{%- endmacro %}

{% macro spark__component_table(identifier) -%}
    {{ return('parquet.`' ~ schema_location(this.schema) ~ '/' ~ identifier ~ '`') }}
{%- endmacro %}

{% macro create_component_table(table, query) -%}
    {% do adapter.dispatch('create_component_table')(table, query) %}
{%- endmacro %}

{% macro default__create_component_table(table, query) -%}
    {% do run_query('create or replace table ' ~ table ~ ' as ' ~ query) %}
{%- endmacro %}

{% macro spark__create_component_table(table, query) -%}
    {% do run_query(
        'insert overwrite directory ' ~ table.replace('parquet.', '').replace('`', "'")
        ~ ' using parquet ' ~ query
    ) %}
{%- endmacro %}

{% macro drop_component_table(table) -%}
    {% do adapter.dispatch('drop_component_table')(table) %}
{%- endmacro %}

{% macro default__drop_component_table(table) -%}
    {% do run_query('drop table ' ~ table) %}
{%- endmacro %}

{% macro spark__drop_component_table(table) -%}
    {% do spark__create_component_table(table, 'select cast(null as bigint) as id where false') %}
{%- endmacro %}

{% macro count_rows(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0][0] | int) }}
{%- endmacro %}

{% macro hooked_ids(edges) -%}
    with hooked as (
        select high_id as id, min(low_id) as root_id from {{ edges }} group by high_id
    )
    select hooked.id, coalesce(jumped.root_id, hooked.root_id) as root_id
    from hooked
    left join hooked as jumped on hooked.root_id = jumped.id
{%- endmacro %}

{% macro contracted_edges(edges, hooks) -%}
    with moved as (
        select coalesce(lows.root_id, edges.low_id) as one_id, highs.root_id as other_id
        from {{ edges }} as edges
        left join {{ hooks }} as lows on edges.low_id = lows.id
        inner join {{ hooks }} as highs on edges.high_id = highs.id
    )
    select distinct
        least(one_id, other_id) as low_id,
        greatest(one_id, other_id) as high_id
    from moved
    where one_id <> other_id
{%- endmacro %}

{# The hooks of one round and of all later ones, each followed to its end. #}
{% macro composed_hooks(round, rounds) -%}
    {% if round == rounds %}
    select id, root_id from {{ component_table('hooks_' ~ round) }}
    {% else %}
    {% set later = component_table(
        ('composed_' if round + 1 < rounds else 'hooks_') ~ (round + 1)
    ) %}
    select hooks.id, coalesce(later.root_id, hooks.root_id) as root_id
    from {{ component_table('hooks_' ~ round) }} as hooks
    left join {{ later }} as later on hooks.root_id = later.id
    where not exists (select 1 from {{ later }} as again where again.id = hooks.id)
    union all
    select id, root_id from {{ later }}
    {% endif %}
{%- endmacro %}

{% macro components(rounds) -%}
    {% if rounds == 0 %}
    select low_id as identifier_id, low_id as component_id from {{ component_table('edges_0') }}
    {% else %}
    with composed as (
        {{ composed_hooks(1, rounds) }}
    ),
    roots as (
        select distinct ends.root_id
        from composed as ends
        where not exists (select 1 from composed as hooked where hooked.id = ends.root_id)
    )
    select id as identifier_id, root_id as component_id from composed
    union all
    select root_id as identifier_id, root_id as component_id from roots
    {% endif %}
{%- endmacro %}
