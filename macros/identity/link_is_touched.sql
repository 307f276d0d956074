{# A condition: something new was seen of an end of the link; true in a full build. #}
{% macro link_is_touched(links) -%}
    (
        {{ is_touched(links ~ '.strong_id', 'int_identifiers_touched', 'identifier_id') }}
        or {{ is_touched(links ~ '.weak_id', 'int_identifiers_touched', 'identifier_id') }}
    )
{%- endmacro %}
