{#
    What the address of a landing page tells of where its visitor came from.
    told: {column: SQL text} that holds where the address does not say it.
#}
{% macro landing_page_columns(page_url, told={}) -%}
    {%- set parameters = [
        ('utm_source', 'utm_source'),
        ('utm_medium', 'utm_medium'),
        ('utm_campaign', 'utm_campaign'),
        ('campaign_id', 'utm_campaign'),
        ('ad_id', 'utm_content'),
        ('keyword', 'utm_term'),
    ] -%}
    {%- for column, parameter in parameters -%}
    coalesce({{ url_parameter(page_url, parameter) }}, {{ told.get(column, 'null') }})
            as {{ column }},
    {% endfor -%}
    {# read where all channels meet, by the seed click_id_parameters -#}
    cast(null as string) as click_id
{%- endmacro %}
