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

    {%- set state = namespace(round=0, edges=component_table('edges_0')) -%}
    {% do create_component_table(state.edges, sql) %}
    {% for _ in range(max_rounds) if count_rows(state.edges) > 0 %}
        {% set state.round = state.round + 1 %}
        {% set hooks = component_table('hooks_' ~ state.round) %}
        {% set contracted = component_table('edges_' ~ state.round) %}
        {% do create_component_table(hooks, hooked_ids(state.edges)) %}
        {% do create_component_table(contracted, contracted_edges(state.edges, hooks)) %}
        {% do run_query('drop table ' ~ state.edges) %}
        {% set state.edges = contracted %}
    {% endfor %}
    {# a wrong graph must not pass for a finished one #}
    {% if count_rows(state.edges) > 0 %}
        {% do exceptions.raise_compiler_error(
            this ~ ': edges are left after ' ~ max_rounds ~ ' rounds; are the ids hashed?'
        ) %}
    {% endif %}

    {% call statement('main') -%}
        create or replace table {{ target_relation }} {{ table_format() }} as
        {{ composed_components(state.round) }}
    {%- endcall %}

    {% do run_query('drop table ' ~ state.edges) %}
    {% for round in range(1, state.round + 1) %}
        {% do run_query('drop table ' ~ component_table('hooks_' ~ round)) %}
    {% endfor %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro component_table(name) -%}
    {{ return(this.incorporate(path={'identifier': this.identifier ~ '__' ~ name}, type='table')) }}
{%- endmacro %}

{% macro create_component_table(relation, query) -%}
    {% do run_query('drop table if exists ' ~ relation) %}
    {% do run_query('create table ' ~ relation ~ table_format() ~ ' as ' ~ query) %}
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

{# The hooks of all rounds followed to their ends, from the last round to the first. #}
{% macro composed_components(rounds) -%}
    {% if rounds == 0 %}
    select cast(0 as bigint) as identifier_id, cast(0 as bigint) as component_id
    from {{ component_table('edges_0') }}
    {% else %}
    with composed_{{ rounds }} as (
        select id, root_id from {{ component_table('hooks_' ~ rounds) }}
    ),
    {% for round in range(rounds - 1, 0, -1) %}
    composed_{{ round }} as (
        select hooks.id, coalesce(later.root_id, hooks.root_id) as root_id
        from {{ component_table('hooks_' ~ round) }} as hooks
        left join composed_{{ round + 1 }} as later on hooks.root_id = later.id
        where not exists (
            select 1 from composed_{{ round + 1 }} as again where again.id = hooks.id
        )
        union all
        select id, root_id from composed_{{ round + 1 }}
    ),
    {% endfor %}
    roots as (
        select distinct ends.root_id
        from composed_1 as ends
        where not exists (select 1 from composed_1 as hooked where hooked.id = ends.root_id)
    )
    select id as identifier_id, root_id as component_id from composed_1
    union all
    select root_id as identifier_id, root_id as component_id from roots
    {% endif %}
{%- endmacro %}
