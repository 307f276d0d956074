{#
    The page of an address, without what says who came: what follows ? and &, a fragment that is no
    route (#/...), and numbers long enough to be a phone, each of which is a star.
#}
{% macro page_alone(column) -%}
    {{ return(adapter.dispatch('page_alone')(column)) }}
{%- endmacro %}

{% macro default__page_alone(column) -%}
    regexp_replace(
        regexp_replace({{ column }}, '([?&]|#[^/]).*$', ''), '[0-9]{7,}', '*', 'g'
    )
{%- endmacro %}

{% macro spark__page_alone(column) -%}
    regexp_replace(regexp_replace({{ column }}, '([?&]|#[^/]).*$', ''), '[0-9]{7,}', '*')
{%- endmacro %}
