{#
    Materializes (identifier_id, owner_id, component_id) of a model that selects links in both
    directions (from_id, to_id, weight, is_owner): which owner each identifier stays with.

    Regions grow from all owners at once, a link a round, each identifier along its heaviest link.
    What a region holds is connected, and component_id is the smallest identifier of it.
#}
{% materialization grown_regions, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set max_rounds = config.get('max_rounds', 500) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set links = component_table('links') -%}
    {%- set state = namespace(round=0, left=1) -%}
    {% do create_component_table(links, sql) %}
    {% do create_component_table(
        component_table('regions_0'),
        'select distinct from_id as identifier_id, from_id as owner_id, 0 as round from ' ~ links
        ~ ' where is_owner'
    ) %}
    {% for _ in range(max_rounds) %}
        {% if state.left > 0 %}
            {% set regions = component_table('regions_' ~ state.round) %}
            {% set state.round = state.round + 1 %}
            {% set grown = component_table('regions_' ~ state.round) %}
            {% do create_component_table(grown, grown_by_a_link(links, regions, state.round)) %}
            {% do drop_component_tables([regions]) %}
            {% set state.left = count_rows(grown ~ ' where round = ' ~ state.round) %}
        {% endif %}
    {% endfor %}
    {% if state.left > 0 %}
        {% do exceptions.raise_compiler_error(
            this ~ ': regions still grow after ' ~ max_rounds ~ ' rounds'
        ) %}
    {% endif %}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} {{ table_format() }} as
        select
            identifier_id,
            owner_id,
            min(identifier_id) over (partition by owner_id) as component_id
        from {{ component_table('regions_' ~ state.round) }}
    {%- endcall %}

    {% do drop_component_tables([links]) %}
    {% do drop_component_tables([component_table('regions_' ~ state.round)]) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro grown_by_a_link(links, regions, round) -%}
    with reached as (
        select
            links.to_id as identifier_id,
            regions.owner_id,
            row_number() over (
                partition by links.to_id
                order by links.weight desc, regions.owner_id, links.from_id
            ) as place
        from {{ links }} as links
        inner join {{ regions }} as regions on links.from_id = regions.identifier_id
        left join {{ regions }} as taken on links.to_id = taken.identifier_id
        where taken.identifier_id is null
    )
    select identifier_id, owner_id, round from {{ regions }}
    union all
    select identifier_id, owner_id, {{ round }} as round from reached where place = 1
{%- endmacro %}
