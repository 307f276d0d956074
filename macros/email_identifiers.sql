{# The identifier of an e-mail address's token (see ingestion/pseudonyms.py); null where it is none. #}
{% macro email_identifiers(token) -%}
    case when {{ token }} like 'email.%' then 'email::' || split_part({{ token }}, '.', 3) end
{%- endmacro %}
