{#
    The identifiers of a record as one text, `type:namespace:value` parted by blanks.
    named: list of (type, namespace as SQL text or none, value as SQL text); nulls are left out.
#}
{% macro identifiers(named) -%}
    concat_ws(' '
    {%- for type, namespace, value in named -%}
        , '{{ type }}:' || {{ (namespace ~ " || ':'") if namespace else "':'" }}
        || replace(nullif({{ value }}, ''), ' ', '%20')
    {%- endfor -%}
    )
{%- endmacro %}

{#
    The identifiers of a phone's token (see ingestion/pseudonyms.py), as one text: our own pseudonym
    and those that the hashes of ad platforms meet. Null where the value is no token.
#}
{% macro phone_identifiers(token) -%}
    case
        when {{ token }} like 'phone.%'
            then 'phone::' || split_part({{ token }}, '.', 3)
                || ' phone_md5::' || split_part({{ token }}, '.', 4)
                || ' phone_sha256::' || split_part({{ token }}, '.', 5)
    end
{%- endmacro %}
