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

    {# two tables for the walk and two for its steps take turns #}
    {%- set walks = [component_table('walk_0'), component_table('walk_1')] -%}
    {%- set steps = [component_table('steps_0'), component_table('steps_1')] -%}
    {%- set state = namespace(round=0, squares=0, walking=1) -%}
    {% do create_component_table(steps[0], remembering_steps(sql)) %}
    {% do create_component_table(walks[0], begun_walk(steps[0], config.get('meta')['begins_in'])) %}
    {% for _ in range(max_rounds) %}
        {% if state.walking > 0 and state.squares < max_squares %}
            {% set walk, walked = walks[state.round % 2], walks[(state.round + 1) % 2] %}
            {% set left = steps_left(steps[state.squares % 2], walk) %}
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
            {% set state.walking = count_rows(still_walking(walked) ~ ' as chains') %}
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
        select chain_id, state_id, visits from {{ walks[state.round % 2] }}
    {%- endcall %}

    {% do drop_component_tables(walks + (steps if state.squares else steps[:1])) %}
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

{# The steps, with the visits that each makes, and one of every state to itself that carries nothing
   but the memory of its visits. #}
{% macro remembering_steps(steps) -%}
    with steps as (
        {{ steps }}
    )
    select chain_id, from_id, to_id, weight, weight as visits, false as is_memory
    from steps
    union all
    select
        chain_id,
        state_id as from_id,
        state_id as to_id,
        cast(0 as double) as weight,
        cast(0 as double) as visits,
        true as is_memory
    from (
        select chain_id, from_id as state_id from steps
        union
        select chain_id, to_id as state_id from steps
    ) as states
{%- endmacro %}

{% macro begun_walk(steps, begins_in) -%}
    select distinct
        chain_id,
        {{ hash_id("'" ~ begins_in ~ "'") }} as state_id,
        cast(1 as double) as mass,
        cast(1 as double) as visits
    from {{ steps }}
{%- endmacro %}

{# Each step reads the one before once: engines that write a query out in place of its name do not
   multiply them. One that is not doubled visits its end as often as it brings mass there. #}
{% macro walked_on(steps, walk, count, are_doubled) -%}
    {% set mass = exact_sum('(walk.mass * steps.weight)') %}
    with walk_0 as (
        select chain_id, state_id, mass, visits from {{ walk }}
    )
    {% for step in range(1, count + 1) %}
    , walk_{{ step }} as (
        select
            steps.chain_id,
            steps.to_id as state_id,
            {{ mass }} as mass,
            {{ exact_sum('(walk.mass * steps.visits)') if are_doubled else mass }}
            + coalesce(max(case when steps.is_memory then walk.visits end), 0) as visits
        from walk_{{ step - 1 }} as walk
        inner join {{ steps }} as steps
            on walk.chain_id = steps.chain_id and walk.state_id = steps.from_id
        group by steps.chain_id, steps.to_id
    )
    {% endfor %}
    select chain_id, state_id, mass, visits from walk_{{ count }}
{%- endmacro %}

{# The steps of chains that still walk, and what is remembered of all. #}
{% macro steps_left(steps, walk) -%}
    (
        select * from {{ steps }}
        where
            is_memory
            or chain_id in (select walking.chain_id from {{ still_walking(walk) }} as walking)
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
            on firsts.chain_id = seconds.chain_id and firsts.to_id = seconds.from_id
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

{% macro still_walking(walk) -%}
    (
        select chain_id from {{ walk }}
        group by chain_id
        having {{ exact_sum('mass') }} > 1e-13
    )
{%- endmacro %}
