{# The number of this build in a model that appends under one number a build (its meta.sequence). #}
{% macro next_sequence() -%}
    cast(
        1
        {% if is_incremental() %}
            + (
                select coalesce(max(before.{{ config.get('meta').sequence }}), 0)
                from {{ this }} as before
            )
        {% endif %}
        as bigint
    )
{%- endmacro %}
