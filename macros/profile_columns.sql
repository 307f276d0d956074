{# The columns every staged profile has, in order: the contract between channels and the union. #}
{% macro profile_columns() -%}
    profile_version_id,
    source,
    profile_key,
    identifiers,
    attributes,
    tags,
    legal_basis,
    valid_until,
    observed_at,
    entry_order,
    received_at,
    load_id
{%- endmacro %}
