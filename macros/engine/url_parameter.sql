{# A decoded query parameter of a URL; null where it is absent, empty or an unreplaced __MACRO__. #}
{% macro url_parameter(url, name) -%}
    {{ return(url_parameter_named(url, "'" ~ name ~ "'")) }}
{%- endmacro %}

{# The same where the name is a column. #}
{% macro url_parameter_named(url, name) -%}
    {{ return(adapter.dispatch('decoded_url_text')(
        "nullif(regexp_extract(" ~ url ~ ", '[?&]' || " ~ name ~ " || '=([^&#]*)', 1), '')"
    )) }}
{%- endmacro %}

{% macro default__decoded_url_text(raw) -%}
    case
        when substr({{ raw }}, 1, 2) = '__' and right({{ raw }}, 2) = '__' then null
        else coalesce(try(url_decode(replace({{ raw }}, '+', ' '))), {{ raw }})
    end
{%- endmacro %}

{% macro spark__decoded_url_text(raw) -%}
    case
        when substr({{ raw }}, 1, 2) = '__' and right({{ raw }}, 2) = '__' then null
        else coalesce(try_url_decode({{ raw }}), {{ raw }})
    end
{%- endmacro %}
