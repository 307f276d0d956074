{#
    Hook before an incremental model: delete the rows of every key that something new in `upstream`
    touches; the model then brings all rows of these keys again. Keys that lost all their rows (a
    customer merged away) are gone with it, which no merge on a unique key would do.
#}
{% macro forget_touched(key, upstream, key_in_upstream=none) -%}
    {% if execute and is_kept_up() and is_incremental() %}
        {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ upstream] %}
        merge into {{ this }} as kept
        using (
            select distinct {{ key_in_upstream or key }} as {{ key }} from {{ node.relation_name }}
            where {{ is_new(upstream) }}
        ) as touched
            on kept.{{ key }} = touched.{{ key }}
        when matched then delete
    {% endif %}
{%- endmacro %}

{#
    Hook before a model that only appends: delete what a run that died after its rows and before
    its watermark has left (no engine but DuckDB writes both in one transaction).
#}
{% macro forget_unfinished() -%}
    {% if execute and is_kept_up() and is_incremental() %}
        {% set positions = [] %}
        {% for upstream in varargs %}
            {% do positions.append(watermark(upstream)) %}
        {% endfor %}
        delete from {{ this }} where {{ config.get('meta').sequence }} > {{ positions | max }}
    {% endif %}
{%- endmacro %}

{# Hook before a model that is never built anew: delete the rows of keys that `upstream` has no more. #}
{% macro forget_vanished(key, upstream) -%}
    {% if execute and is_incremental() %}
        {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ upstream] %}
        merge into {{ this }} as kept
        using (
            select before.{{ key }}
            from {{ this }} as before
            left join {{ node.relation_name }} as present on before.{{ key }} = present.{{ key }}
            where present.{{ key }} is null
        ) as vanished
            on kept.{{ key }} = vanished.{{ key }}
        when matched then delete
    {% endif %}
{%- endmacro %}

{# Hook before a model that is never built anew: a column that it has since a later version. #}
{% macro add_missing_column(name, type) -%}
    {% if execute and is_incremental() %}
        {% set known = adapter.get_columns_in_relation(this) | map(attribute='name') | list %}
        {% if name not in known %}
            alter table {{ this }} add column {{ name }} {{ type }}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Hook before the ledger: delete the credits of models whose every credit hangs on all paths or on
   reports. The rows without a touchpoint do not; they follow their customers. #}
{% macro forget_weighed_credits() -%}
    {% if execute and is_kept_up() and is_incremental() %}
        merge into {{ this }} as kept
        using (
            select attribution_model from {{ ref('attribution_models') }}
            where kind = 'markov' or level <> 'channel'
        ) as weighed
            on
                kept.attribution_model = weighed.attribution_model
                and kept.touchpoint_id is not null
        when matched then delete
    {% endif %}
{%- endmacro %}
