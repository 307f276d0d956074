{# An epoch text (in milliseconds, or seconds) as a UTC timestamp. #}
{% macro epoch_to_utc(text, unit='milliseconds') -%}
    {{ return(adapter.dispatch('epoch_to_utc')(text, 1 if unit == 'milliseconds' else 1000)) }}
{%- endmacro %}

{% macro default__epoch_to_utc(text, factor) -%}
    epoch_ms(try_cast({{ text }} as bigint) * {{ factor }})
{%- endmacro %}

{% macro spark__epoch_to_utc(text, factor) -%}
    timestamp_millis(try_cast({{ text }} as bigint) * {{ factor }})
{%- endmacro %}
