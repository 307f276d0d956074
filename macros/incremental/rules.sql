{#
    Rules are data: when a seed, a variable or the SQL of a model changes, whatever stands on it
    must be built anew, and nobody should have to remember --full-refresh. Each incremental model
    keeps a fingerprint of all it stands on; a different one means a full refresh of this model.
#}
{% macro should_full_refresh() -%}
    {% set asked = config.get('full_refresh') %}
    {# what nothing but time can tell is never built anew: who had which id before #}
    {% if asked is sameas false %}
        {{ return(false) }}
    {% endif %}
    {% set asked = flags.FULL_REFRESH if asked is none else asked %}
    {% if asked or model.resource_type != 'model' or not execute %}
        {{ return(asked) }}
    {% endif %}
    {{ return(known_watermarks().get(model.name, {}).get('fingerprint') != fingerprint()) }}
{%- endmacro %}

{# One text for the seeds, SQL and variables that this model stands on, and the generation of the
   incremental models among them: when one of those was built anew, what was taken is void. #}
{% macro fingerprint() -%}
    {% set generations = known_watermarks() %}
    {% set fingerprints = graph.watermarks.setdefault('fingerprints', {}) %}
    {% if model.name not in fingerprints %}
        {% set parts = [] %}
        {% for name in [
            'time_zone', 'session_gap_minutes', 'session_max_hours', 'attribution_lookback_days',
            'time_decay_half_life_days', 'path_max_touchpoints'
        ] + model.config.get('meta', {}).get('vars', []) %}
            {% do parts.append(name ~ '=' ~ var(name)) %}
        {% endfor %}
        {% set seen = [] %}
        {% do collect_ancestors(model.unique_id, seen) %}
        {% for node_id in seen | sort %}
            {% set node = graph.nodes[node_id] %}
            {% do parts.append(node.checksum.checksum) %}
            {% for source_id in node.depends_on.nodes or [] if source_id in graph.sources %}
                {% if graph.sources[source_id].config.meta.get('is_rule') %}
                    {% do parts.append(rows_of_rule(graph.sources[source_id])) %}
                {% endif %}
            {% endfor %}
            {% if node_id != model.unique_id %}
                {% do parts.append(generations.get(node.name, {}).get('generation', '')) %}
            {% endif %}
        {% endfor %}
        {% do fingerprints.update({model.name: local_md5(parts | join('|'))}) %}
    {% endif %}
    {{ return(fingerprints[model.name]) }}
{%- endmacro %}

{# How many rows a raw table has that holds rules: rows are only added to it. #}
{% macro rows_of_rule(source) -%}
    {% set counted = graph.watermarks.setdefault('rows_of_rules', {}) %}
    {% if source.identifier not in counted %}
        {% do counted.update({source.identifier: count_rows(source.relation_name)}) %}
    {% endif %}
    {{ return(counted[source.identifier] | string) }}
{%- endmacro %}

{% macro collect_ancestors(node_id, seen) -%}
    {% if node_id in graph.nodes and node_id not in seen %}
        {% do seen.append(node_id) %}
        {% for parent in graph.nodes[node_id].depends_on.nodes or [] %}
            {% do collect_ancestors(parent, seen) %}
        {% endfor %}
    {% endif %}
{%- endmacro %}
