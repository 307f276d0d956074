{#
    Whom a text names that its sender chose: a phone or an e-mail address where it was one, and so
    became a token (see ingestion/pseudonyms.py); else an identifier of the given type.
#}
{% macro person_identifiers(value, type) -%}
    coalesce(
        {{ phone_identifiers(value) }},
        {{ email_identifiers(value) }},
        '{{ type }}::' || replace(nullif({{ value }}, ''), ' ', '%20')
    )
{%- endmacro %}
