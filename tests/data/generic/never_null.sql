{# Columns that hold a value in every row, told in one scan: one row per column that does not. #}
{% test never_null(model, columns) %}
with nulls as (

    select
        {% for column in columns -%}
        count(*) - count({{ column }}) as {{ column }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ model }}

)

{% for column in columns -%}
select '{{ column }}' as column_name, {{ column }} as null_count
from nulls
where {{ column }} > 0
{{ "union all" if not loop.last }}
{% endfor %}
{% endtest %}
