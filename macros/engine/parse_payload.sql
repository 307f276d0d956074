{#
    The envelope of every raw record and fields of its JSON payload, as text.

    fields: {column: path in dots}; keys may hold `$`, not dots. One parse of the payload serves
    all fields where the engine can: parsing is most of what staging costs.
#}
{% macro parse_payload(relation, fields) -%}
    {{ return(adapter.dispatch('parse_payload')(relation, fields)) }}
{%- endmacro %}

{% macro default__parse_payload(relation, fields) -%}
    select
        event_id,
        record_type,
        occurred_at_raw,
        {{ utc_timestamp('received_at') }} as received_at,
        _dlt_load_id as load_id,
        payload
        {%- for column in fields %},
        texts[{{ loop.index }}] as {{ column }}
        {%- endfor %}
    from (
        select
            *,
            json_extract_string(payload, [
                {%- for path in fields.values() -%}
                    '$."{{ path | replace(".", '"."') }}"'{{ ', ' if not loop.last }}
                {%- endfor -%}
            ]) as texts
        from {{ relation }}
    ) as parsed
{%- endmacro %}

{% macro spark__parse_payload(relation, fields) -%}
    select
        event_id,
        record_type,
        occurred_at_raw,
        {{ utc_timestamp('received_at') }} as received_at,
        _dlt_load_id as load_id,
        payload
        {%- for column, path in fields.items() %},
        get_json_object(payload, '$.{{ path }}') as {{ column }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}
