{# What tells where a visit came from: a rule of traffic_source_rules has a column for each. #}
{% macro traffic_source_signs() -%}
    {{ return([
        'click_id_platform', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host',
        'browser', 'scene'
    ]) }}
{%- endmacro %}

{# What tells that an event is no customer's: a rule of excluded_traffic looks at one of them. #}
{% macro exclusion_signs() -%}
    {{ return(['ip', 'user_agent', 'project', 'page_host', 'scene', 'raw_discriminator']) }}
{%- endmacro %}
