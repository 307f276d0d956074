{#
    The identifiers of a device's advertising ids (SQL texts, or none), for `identifiers`: as they
    are, and as the md5 that ad platforms make of them, so that the two forms meet in one person.
    IDFA is hashed in upper case, OAID as it is. An id of zeros is the id of nobody.
#}
{% macro device_ids(oaid=none, idfa=none, oaid_md5=none) -%}
    {%- set ids = [] -%}
    {%- if oaid -%}
        {%- do ids.append(('oaid', none, some_id(oaid))) -%}
    {%- endif -%}
    {%- if oaid_md5 -%}
        {%- do ids.append(('oaid_md5', none, 'coalesce(lower(' ~ oaid_md5 ~ '), md5(' ~ some_id(oaid) ~ '))')) -%}
    {%- elif oaid -%}
        {%- do ids.append(('oaid_md5', none, 'md5(' ~ some_id(oaid) ~ ')')) -%}
    {%- endif -%}
    {%- if idfa -%}
        {%- do ids.append(('idfa', none, 'upper(' ~ some_id(idfa) ~ ')')) -%}
        {%- do ids.append(('idfa_md5', none, 'md5(upper(' ~ some_id(idfa) ~ '))')) -%}
    {%- endif -%}
    {{ return(ids) }}
{%- endmacro %}

{# The value, unless it is made of zeros. #}
{% macro some_id(value) -%}
    {{ return("case when replace(replace(" ~ value ~ ", '-', ''), '0', '') <> '' then " ~ value ~ " end") }}
{%- endmacro %}
