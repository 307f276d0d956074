{# A vendor's naive local time text as a UTC timestamp. Vendors mean Beijing unless they say otherwise. #}
{% macro local_to_utc(text, time_zone=none) -%}
    {{ return(adapter.dispatch('local_to_utc')(text, time_zone or var('time_zone'))) }}
{%- endmacro %}

{% macro default__local_to_utc(text, time_zone) -%}
    (try_cast({{ text }} as timestamp) at time zone '{{ time_zone }}') at time zone 'UTC'
{%- endmacro %}

{% macro spark__local_to_utc(text, time_zone) -%}
    to_utc_timestamp(try_cast({{ text }} as timestamp), '{{ time_zone }}')
{%- endmacro %}
