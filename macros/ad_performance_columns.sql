{# The columns every staged ad report has, in order: the contract between channels and the union. #}
{% macro ad_performance_columns() -%}
    ad_performance_version_id,
    source,
    account_id,
    campaign_id,
    ad_id,
    creative_id,
    report_cell_id,
    load_id,
    channel,
    campaign_name,
    report_dimensions,
    version,
    impressions,
    clicks,
    spend,
    platform_conversions,
    spend_date,
    fetched_at
{%- endmacro %}
