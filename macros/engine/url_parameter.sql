{# A decoded query parameter of a URL; null where it is absent, empty or an unreplaced __MACRO__. #}
{% macro url_parameter(url, name) -%}
    {{ return(adapter.dispatch('url_parameter')(
        "nullif(regexp_extract(" ~ url ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1), '')"
    )) }}
{%- endmacro %}

{% macro default__url_parameter(raw) -%}
    case
        when substr({{ raw }}, 1, 2) = '__' and right({{ raw }}, 2) = '__' then null
        else coalesce(try(url_decode(replace({{ raw }}, '+', ' '))), {{ raw }})
    end
{%- endmacro %}

{% macro spark__url_parameter(raw) -%}
    case
        when substr({{ raw }}, 1, 2) = '__' and right({{ raw }}, 2) = '__' then null
        else coalesce(try_url_decode({{ raw }}), {{ raw }})
    end
{%- endmacro %}
