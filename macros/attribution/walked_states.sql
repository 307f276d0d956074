{#
    Materializes (chain_id, state_id, visits) of a model that selects the steps of Markov chains
    (chain_id, from_id, to_id, weight) that all leave in the end: how much of the mass that begins in
    the state which config meta.begins_in names comes by each state, the beginning included. By
    '(conversion)', from where no step goes on, comes what converts.

    All chains are walked at once, a step at a time, several steps a statement. All terms are
    positive, so what still walks bounds what the figure of '(conversion)' may lack: the walk ends
    when that is below 1e-13 in every chain, and fails when it does not get there.

    Chains that hand the mass to and fro for long are walked in seven-league boots once the others
    have ended: a step becomes two, again and again. Of many states that would join each with each.
#}
{% materialization walked_states, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set max_rounds = 400 -%}
    {%- set patient_steps = 48 -%}
    {%- set few_steps = 50000 -%}
    {# more would be more visits than a decimal holds #}
    {%- set max_squares = 30 -%}
    {%- set steps_a_round = adapter.dispatch('steps_a_round')() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {# a state of a chain is a node: steps find it by one small number #}
    {%- set nodes = component_table('nodes') -%}
    {# two tables for the walk and two for its steps take turns #}
    {%- set walks = [component_table('walk_0'), component_table('walk_1')] -%}
    {%- set steps = [component_table('steps_0'), component_table('steps_1')] -%}
    {%- set state = namespace(round=0, squares=0, walking=1) -%}
    {% do create_component_table(nodes, numbered_nodes(sql)) %}
    {% do create_component_table(steps[0], remembering_steps(sql, nodes)) %}
    {% do create_component_table(walks[0], begun_walk(nodes, config.get('meta')['begins_in'])) %}
    {% for _ in range(max_rounds) %}
        {% if state.walking > 0 and state.squares < max_squares %}
            {% set walk, walked = walks[state.round % 2], walks[(state.round + 1) % 2] %}
            {% set left = steps_left(steps[state.squares % 2], walk, nodes) %}
            {% set is_patient = state.round * steps_a_round < patient_steps %}
            {% if not is_patient and count_rows(left ~ ' as steps where not is_memory') < few_steps %}
                {% set state.squares = state.squares + 1 %}
                {% do create_component_table(steps[state.squares % 2], doubled_steps(left)) %}
            {% endif %}
            {% set state.round = state.round + 1 %}
            {% do create_component_table(
                walked,
                walked_on(steps[state.squares % 2], walk, steps_a_round, state.squares > 0)
            ) %}
            {% set state.walking = count_rows(still_walking(walked, nodes) ~ ' as chains') %}
        {% endif %}
    {% endfor %}
    {# a figure that is not solved for must not pass for one that is #}
    {% if state.walking > 0 %}
        {% do exceptions.raise_compiler_error(
            this ~ ': ' ~ state.walking ~ ' chains still walk after ' ~ state.round ~ ' rounds'
        ) %}
    {% endif %}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} {{ table_format() }} as
        select nodes.chain_id, nodes.state_id, walked.visits
        from {{ walks[state.round % 2] }} as walked
        inner join {{ nodes }} as nodes on walked.node_id = nodes.node_id
    {%- endcall %}

    {% do drop_component_tables([nodes] + walks + (steps if state.squares else steps[:1])) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# DuckDB gives each step of a statement a hash table of its own. #}
{% macro default__steps_a_round() -%}
    {{ return(4) }}
{%- endmacro %}

{# A statement costs Spark more than a step. #}
{% macro spark__steps_a_round() -%}
    {{ return(16) }}
{%- endmacro %}

{% macro numbered_nodes(steps) -%}
    with steps as (
        {{ steps }}
    )
    select
        row_number() over (order by chain_id, state_id) as node_id,
        chain_id,
        state_id
    from (
        select chain_id, from_id as state_id from steps
        union
        select chain_id, to_id as state_id from steps
    ) as states
{%- endmacro %}

{# The steps, with the visits that each makes, and one of every node to itself that carries nothing
   but the memory of its visits. #}
{% macro remembering_steps(steps, nodes) -%}
    with steps as (
        {{ steps }}
    )
    select
        steps.chain_id,
        origins.node_id as from_id,
        ends.node_id as to_id,
        steps.weight,
        steps.weight as visits,
        false as is_memory
    from steps
    inner join {{ nodes }} as origins
        on steps.chain_id = origins.chain_id and steps.from_id = origins.state_id
    inner join {{ nodes }} as ends
        on steps.chain_id = ends.chain_id and steps.to_id = ends.state_id
    union all
    select
        chain_id,
        node_id as from_id,
        node_id as to_id,
        cast(0 as double) as weight,
        cast(0 as double) as visits,
        true as is_memory
    from {{ nodes }}
{%- endmacro %}

{% macro begun_walk(nodes, begins_in) -%}
    select
        node_id,
        cast(1 as double) as mass,
        cast(1 as double) as visits
    from {{ nodes }}
    where state_id = {{ hash_id("'" ~ begins_in ~ "'") }}
{%- endmacro %}

{# Each step reads the one before once: engines that write a query out in place of its name do not
   multiply them. One that is not doubled visits its end as often as it brings mass there. #}
{% macro walked_on(steps, walk, count, are_doubled) -%}
    {% set mass = exact_sum('(walk.mass * steps.weight)') %}
    with walk_0 as (
        select node_id, mass, visits from {{ walk }}
    )
    {% for step in range(1, count + 1) %}
    , walk_{{ step }} as (
        select
            steps.to_id as node_id,
            {{ mass }} as mass,
            {{ exact_sum('(walk.mass * steps.visits)') if are_doubled else mass }}
            + coalesce(max(case when steps.is_memory then walk.visits end), 0) as visits
        from walk_{{ step - 1 }} as walk
        inner join {{ steps }} as steps
            on walk.node_id = steps.from_id
        group by steps.to_id
    )
    {% endfor %}
    select node_id, mass, visits from walk_{{ count }}
{%- endmacro %}

{# The steps of chains that still walk, and what is remembered of all. #}
{% macro steps_left(steps, walk, nodes) -%}
    (
        select * from {{ steps }}
        where
            is_memory
            or chain_id in (
                select walking.chain_id from {{ still_walking(walk, nodes) }} as walking
            )
    )
{%- endmacro %}

{% macro doubled_steps(steps) -%}
    with left_over as (
        select * from {{ steps }} as steps
    ),
    taken as (
        select * from left_over where not is_memory
    ),
    doubled as (
        select
            firsts.chain_id,
            firsts.from_id,
            seconds.to_id,
            firsts.weight * seconds.weight as weight,
            firsts.weight * seconds.visits as visits
        from taken as firsts
        inner join taken as seconds
            on firsts.to_id = seconds.from_id
        union all
        select chain_id, from_id, to_id, cast(0 as double) as weight, visits
        from taken
    )
    select
        chain_id,
        from_id,
        to_id,
        {{ exact_sum('weight') }} as weight,
        {{ exact_sum('visits') }} as visits,
        false as is_memory
    from doubled
    group by chain_id, from_id, to_id
    union all
    select * from left_over where is_memory
{%- endmacro %}

{% macro still_walking(walk, nodes) -%}
    (
        select nodes.chain_id
        from {{ walk }} as walk
        inner join {{ nodes }} as nodes on walk.node_id = nodes.node_id
        group by nodes.chain_id
        having {{ exact_sum('walk.mass') }} > 1e-13
    )
{%- endmacro %}
