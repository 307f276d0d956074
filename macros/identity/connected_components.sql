{#
    Materializes (identifier_id, component_id) of a model that selects links (strong_id, weak_id,
    rejected_by): all that hold in a full build, afterwards those whose verdict changed.

    Hook and contract: every id points at its smallest neighbour, pointers jump once, both ends of
    every edge move to where they point, duplicates and loops fall away; until no edge is left. The
    graph shrinks by a factor each round, so the cost is that of the first. Ids must be hashed: in
    natural order a long chain would shrink by one id a round.

    The model is a view of two tables, so that few rows change when components come together:
    <model>__placed, the component each identifier was found in, and <model>__merged, the components
    that are part of another since. The second is written anew each time.
#}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set placed = kept_table('placed') -%}
    {%- set merged = kept_table('merged') -%}
    {%- set adds = is_incremental() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if adds %}
        {% do create_component_table(component_table('changes'), sql) %}
        {% set parts = count_rows(component_table('changes') ~ ' where rejected_by is not null') > 0 %}
        {% if parts %}
            {% do create_component_table(component_table('parted'), parted_identifiers()) %}
            {% do create_component_table(component_table('held'), held_links()) %}
        {% endif %}
        {% set held = component_table('held' if parts else 'changes') %}
        {% do create_component_table(component_table('whole'), whole_components(held, parts)) %}
        {% do create_component_table(component_table('edges_0'), changed_edges(held)) %}
    {% else %}
        {% do create_component_table(component_table('edges_0'), distinct_edges(sql)) %}
    {% endif %}
    {% set rounds = contract_edges() %}
    {% if adds %}
        {% do create_component_table(component_table('components'), components(rounds)) %}
        {% do create_component_table(component_table('joined'), joined_components(parts)) %}
        {% if parts %}
            {% do create_component_table(component_table('moves'), moves()) %}
        {% endif %}
        {% do doubt_watermark() %}
    {% endif %}
    {% call statement('main') -%}
        {% if parts %}
            {{ merge_moves() }}
        {% elif adds %}
            insert into {{ placed }} (identifier_id, component_id) {{ found_identifiers() }}
        {% else %}
            create or replace table {{ placed }} {{ table_format() }} as
            {{ components(rounds) }}
        {% endif %}
    {%- endcall %}
    {% call statement('joined') -%}
        create or replace table {{ merged }} {{ table_format() }} as
        {% if adds %}
            select component_id, into_id from {{ component_table('joined') }}
        {% else %}
            select cast(null as bigint) as component_id, cast(null as bigint) as into_id where false
        {% endif %}
    {%- endcall %}
    {% if existing is not none and existing.type == 'table' %}
        {% do run_query('drop table ' ~ existing) %}
    {% endif %}
    {% call statement('view') -%}
        create or replace view {{ target_relation }} as {{ clustered_identifiers() }}
    {%- endcall %}

    {% set left = ['changes', 'whole', 'components', 'joined'] if adds else [] %}
    {% do left.append('edges_' ~ rounds) %}
    {% if parts %}
        {% do left.extend(['parted', 'held', 'moves']) %}
    {% endif %}
    {% if rounds %}
        {% do left.append('halves') %}
    {% endif %}
    {% for round in range(1, rounds + 1) %}
        {% do left.append('hooks_' ~ round) %}
        {% if 1 < round < rounds %}
            {% do left.append('composed_' ~ round) %}
        {% endif %}
    {% endfor %}
    {% set tables = [] %}
    {% for name in left %}
        {% do tables.append(component_table(name)) %}
    {% endfor %}
    {% do drop_component_tables(tables) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation, placed, merged]}) }}
{% endmaterialization %}

{# A table beside the view: placed or merged. #}
{% macro kept_table(name) -%}
    {{ return(this.incorporate(path={'identifier': this.identifier ~ '__' ~ name}, type='table')) }}
{%- endmacro %}

{% macro clustered_identifiers() -%}
    select placed.identifier_id, coalesce(merged.into_id, placed.component_id) as component_id
    from {{ kept_table('placed') }} as placed
    left join {{ kept_table('merged') }} as merged on placed.component_id = merged.component_id
{%- endmacro %}

{# Hooks and contracts the edges of the table edges_0 until none is left; returns the rounds. #}
{% macro contract_edges() -%}
    {%- set max_rounds = config.get('max_rounds', 60) -%}
    {%- set state = namespace(round=0, edges=component_table('edges_0')) -%}
    {% set state.left = count_rows(state.edges) %}
    {% for _ in range(max_rounds) %}
        {% if state.left > 0 %}
            {% set state.round = state.round + 1 %}
            {% set hooks = component_table('hooks_' ~ state.round) %}
            {% set halves = component_table('halves') %}
            {% set contracted = component_table('edges_' ~ state.round) %}
            {% do create_component_table(hooks, hooked_ids(state.edges)) %}
            {% do create_component_table(halves, half_moved_edges(state.edges, hooks)) %}
            {% do drop_component_tables([state.edges]) %}
            {% do create_component_table(contracted, contracted_edges(halves, hooks)) %}
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
    {{ return(state.round) }}
{%- endmacro %}

{% macro distinct_edges(links) -%}
    select distinct
        least(strong_id, weak_id) as low_id,
        greatest(strong_id, weak_id) as high_id
    from ({{ links }}) as links
    where strong_id <> weak_id
{%- endmacro %}

{# Everything in components that a rejected link was part of: they are put together anew. #}
{% macro parted_identifiers() -%}
    with clusters as (
        {{ clustered_identifiers() }}
    ),
    rejected as (
        select strong_id as identifier_id from {{ component_table('changes') }}
        where rejected_by is not null
        union
        select weak_id as identifier_id from {{ component_table('changes') }}
        where rejected_by is not null
    )
    select clusters.identifier_id, clusters.component_id
    from clusters
    where clusters.component_id in (
        select broken.component_id
        from clusters as broken
        inner join rejected on broken.identifier_id = rejected.identifier_id
    )
{%- endmacro %}

{# What to connect where something parts: new links, and all links of parted identifiers. #}
{% macro held_links() -%}
    {% set links = graph.nodes['model.' ~ project_name ~ '.' ~ config.get('meta').links].relation_name %}
    {% set parted = component_table('parted') %}
    select strong_id, weak_id from {{ component_table('changes') }} where rejected_by is null
    union
    select strong_id, weak_id from {{ links }}
    where
        rejected_by is null
        and (
            strong_id in (select parted.identifier_id from {{ parted }} as parted)
            or weak_id in (select parted.identifier_id from {{ parted }} as parted)
        )
{%- endmacro %}

{# The components of the ends of these links, of all that stay whole: few, beside all there are. #}
{% macro whole_components(held, parts) -%}
    with ends as (
        select strong_id as identifier_id from {{ held }}
        union
        select weak_id as identifier_id from {{ held }}
    )
    select placed.identifier_id, coalesce(merged.into_id, placed.component_id) as component_id
    from {{ kept_table('placed') }} as placed
    inner join ends on placed.identifier_id = ends.identifier_id
    left join {{ kept_table('merged') }} as merged on placed.component_id = merged.component_id
    {% if parts %}
    left join {{ component_table('parted') }} as parted
        on placed.identifier_id = parted.identifier_id
    where parted.identifier_id is null
    {% endif %}
{%- endmacro %}

{# An identifier stands for itself where it is new or parted, and else for its whole component, so
   that this graph is small. #}
{% macro changed_edges(held) -%}
    {% set whole = component_table('whole') %}
    with lifted as (
        select
            coalesce(strong_ends.component_id, held.strong_id) as strong_id,
            coalesce(weak_ends.component_id, held.weak_id) as weak_id
        from {{ held }} as held
        left join {{ whole }} as strong_ends on held.strong_id = strong_ends.identifier_id
        left join {{ whole }} as weak_ends on held.weak_id = weak_ends.identifier_id
    )
    {{ distinct_edges('select strong_id, weak_id from lifted') }}
{%- endmacro %}

{# What this run found a component for that is none itself: what is new, or parted. #}
{% macro found_identifiers() -%}
    select components.identifier_id, components.component_id
    from {{ component_table('components') }} as components
    left join (select distinct component_id from {{ component_table('whole') }}) as whole
        on components.identifier_id = whole.component_id
    where whole.component_id is null
{%- endmacro %}

{# The components that are part of another, those of former runs followed to where they are now. Of
   a parted one nothing is left that was placed before. #}
{% macro joined_components(parts) -%}
    with joined as (
        select components.identifier_id, components.component_id
        from {{ component_table('components') }} as components
        inner join (select distinct component_id from {{ component_table('whole') }}) as whole
            on components.identifier_id = whole.component_id
        where components.identifier_id <> components.component_id
    )
    select merged.component_id, coalesce(joined.component_id, merged.into_id) as into_id
    from {{ kept_table('merged') }} as merged
    left join joined on merged.into_id = joined.identifier_id
    {% if parts %}
    where merged.into_id not in (
        select parted.component_id from {{ component_table('parted') }} as parted
    )
    {% endif %}
    union all
    select identifier_id as component_id, component_id as into_id from joined
{%- endmacro %}

{# Where what is new or parted is placed; null where it is linked no more. #}
{% macro moves() -%}
    select identifier_id, component_id from ({{ found_identifiers() }}) as found
    union all
    select parted.identifier_id, cast(null as bigint) as component_id
    from {{ component_table('parted') }} as parted
    left join {{ component_table('components') }} as components
        on parted.identifier_id = components.identifier_id
    where components.identifier_id is null
{%- endmacro %}

{% macro merge_moves() -%}
    merge into {{ kept_table('placed') }} as placed
    using {{ component_table('moves') }} as moves
        on placed.identifier_id = moves.identifier_id
    when matched and moves.component_id is null then delete
    when matched then update set component_id = moves.component_id
    when not matched and moves.component_id is not null
        then insert (identifier_id, component_id) values (moves.identifier_id, moves.component_id)
{%- endmacro %}

{# Working tables: on DuckDB temporary ones, neither compressed nor written while there is memory.
   On Spark they are files without an entry in the metastore: a run that died leaves none that the
   next could not overwrite, and Delta's log would cost more than the data. #}
{% macro component_table(name) -%}
    {{ return(adapter.dispatch('component_table')(this.identifier ~ '__' ~ name)) }}
{%- endmacro %}

{% macro default__component_table(identifier) -%}
    {{ return(this.incorporate(path={'identifier': identifier}, type='table')) }}
{%- endmacro %}

{% macro duckdb__component_table(identifier) -%}
    {{ return('temp.' ~ identifier) }}
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

{% macro duckdb__create_component_table(table, query) -%}
    {% do run_query('create or replace temporary table ' ~ table ~ ' as ' ~ query) %}
{%- endmacro %}

{% macro spark__create_component_table(table, query) -%}
    {% do run_query(
        'insert overwrite directory ' ~ table.replace('parquet.', '').replace('`', "'")
        ~ ' using parquet ' ~ query
    ) %}
{%- endmacro %}

{% macro drop_component_tables(tables) -%}
    {% do adapter.dispatch('drop_component_tables')(tables) %}
{%- endmacro %}

{% macro default__drop_component_tables(tables) -%}
    {% for table in tables %}
        {% do run_query('drop table ' ~ table) %}
    {% endfor %}
{%- endmacro %}

{% macro duckdb__drop_component_tables(tables) -%}
    {% do run_query('drop table ' ~ tables | join('; drop table ')) %}
{%- endmacro %}

{% macro spark__drop_component_tables(tables) -%}
    {% for table in tables %}
        {% do spark__create_component_table(table, 'select cast(null as bigint) as id where false') %}
    {% endfor %}
{%- endmacro %}

{% macro count_rows(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0][0] | int) }}
{%- endmacro %}

{% macro hooked_ids(edges) -%}
    with hooked as (
        select high_id as id, min(low_id) as root_id from {{ edges }} group by high_id
    )
    select
        hooked.id,
        coalesce(jumped.root_id, hooked.root_id) as root_id,
        jumped.id is not null as has_jumped
    from hooked
    left join hooked as jumped on hooked.root_id = jumped.id
{%- endmacro %}

{# Edges whose higher end has moved; most of them are loops already, and need not move the other. #}
{% macro half_moved_edges(edges, hooks) -%}
    select edges.low_id, highs.root_id
    from {{ edges }} as edges
    inner join {{ hooks }} as highs on edges.high_id = highs.id
    where highs.has_jumped or edges.low_id <> highs.root_id
{%- endmacro %}

{% macro contracted_edges(halves, hooks) -%}
    with moved as (
        select coalesce(lows.root_id, halves.low_id) as one_id, halves.root_id as other_id
        from {{ halves }} as halves
        left join {{ hooks }} as lows on halves.low_id = lows.id
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
    -- what was hooked and is still pointed at is hooked again, so that none of these ever was
    roots as (
        select distinct root_id from composed
    )
    select id as identifier_id, root_id as component_id from composed
    union all
    select root_id as identifier_id, root_id as component_id from roots
    {% endif %}
{%- endmacro %}
