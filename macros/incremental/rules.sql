{#
    Rules are data: when a seed, a variable or the SQL of a model changes, whatever stands on it
    must be built anew, and nobody should have to remember --full-refresh. Each incremental model
    keeps a fingerprint of all it stands on; a different one means a full refresh of this model.
#}
{% macro should_full_refresh() -%}
    {% set asked = config.get('full_refresh') %}
    {% set asked = flags.FULL_REFRESH if asked is none else asked %}
    {% if asked or model.resource_type != 'model' or not execute %}
        {{ return(asked) }}
    {% endif %}
    {% set stored = run_query(
        "select max(fingerprint) from " ~ watermarks_relation()
        ~ " where model = '" ~ model.name ~ "' and upstream = ''"
    ).columns[0][0] %}
    {{ return(stored != fingerprint()) }}
{%- endmacro %}

{# One text for the seeds, SQL and variables that this model stands on, and the generation of the
   incremental models among them: when one of those was built anew, what was taken is void. #}
{% macro fingerprint() -%}
    {% set parts = [] %}
    {% for name in [
        'time_zone', 'session_gap_minutes', 'session_max_hours', 'attribution_lookback_days',
        'time_decay_half_life_days', 'position_based_first', 'position_based_last',
        'path_max_touchpoints'
    ] %}
        {% do parts.append(name ~ '=' ~ var(name)) %}
    {% endfor %}
    {% set seen = [] %}
    {% do collect_ancestors(model.unique_id, seen) %}
    {% set generations = {} %}
    {% for row in run_query(
        "select model, generation from " ~ watermarks_relation() ~ " where upstream = ''"
    ).rows %}
        {% do generations.update({row[0]: row[1]}) %}
    {% endfor %}
    {% for node_id in seen | sort %}
        {% set node = graph.nodes[node_id] %}
        {% do parts.append(node.checksum.checksum) %}
        {% if node_id != model.unique_id %}
            {% do parts.append(generations.get(node.name, '')) %}
        {% endif %}
    {% endfor %}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}

{% macro collect_ancestors(node_id, seen) -%}
    {% if node_id in graph.nodes and node_id not in seen %}
        {% do seen.append(node_id) %}
        {% for parent in graph.nodes[node_id].depends_on.nodes or [] %}
            {% do collect_ancestors(parent, seen) %}
        {% endfor %}
    {% endif %}
{%- endmacro %}

{% macro generation_of(name) -%}
    {{ return(run_query(
        "select max(generation) from " ~ watermarks_relation()
        ~ " where model = '" ~ name ~ "' and upstream = ''"
    ).columns[0][0]) }}
{%- endmacro %}
