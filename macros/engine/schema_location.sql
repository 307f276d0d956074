{# Where Spark keeps a schema's tables, as a URI. #}
{% macro schema_location(schema) -%}
    {% set facts = {} %}
    {% for row in run_query('describe schema ' ~ schema).rows %}
        {% do facts.update({row[0]: row[1]}) %}
    {% endfor %}
    {{ return(facts['Location']) }}
{%- endmacro %}
