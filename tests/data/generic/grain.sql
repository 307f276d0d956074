{# What one row is, told in one scan: no two rows agree in all of `columns`, and none lacks one of
   them (but those of `may_be_null`) or of `never_null`. One row per key that breaks it. #}
{% test grain(model, columns, may_be_null=[], never_null=[]) %}
{% set held = columns | reject('in', may_be_null) | list + never_null %}
with grouped as (

    select
        {{ columns | join(', ') }},
        count(*) as row_count
        {%- for column in held -%}
        ,
        count(*) - count({{ column }}) as {{ column }}_nulls
        {%- endfor %}
    from {{ model }}
    group by {{ columns | join(', ') }}

)

select * from grouped
where row_count > 1{% for column in held %} or {{ column }}_nulls > 0{% endfor %}
{% endtest %}
