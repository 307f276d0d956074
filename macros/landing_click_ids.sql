{# The click ids that a landing page carries, as identifiers: they join the visit to the click. #}
{% macro landing_click_ids(page_url) -%}
    {{ return([
        ('ocean_click_id', none, url_parameter(page_url, 'clickid')),
        ('baidu_click_id', none, url_parameter(page_url, 'bd_vid')),
        ('tencent_click_id', none, url_parameter(page_url, '(?:gdt_vid|qz_gdt)')),
        ('omni_click_id', none, url_parameter(page_url, 'omni_click_id')),
    ]) }}
{%- endmacro %}
