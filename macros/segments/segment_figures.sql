{# The field of an act that a column names; of all fields, only those that rules name are read. #}
{% macro field_of_act(conditions, part, column) -%}
    {%- set used = [] -%}
    {%- for condition in conditions -%}
        {%- for watched in condition.watched if watched[part] and watched[part] not in used -%}
            {%- do used.append(watched[part]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if used -%}
        case {{ column }} {%- for field in used %} when '{{ field }}' then acts.{{ field }}{% endfor %} end
    {%- else -%}
        cast(null as decimal(18, 4))
    {%- endif -%}
{%- endmacro %}

{# Whether a figure stands to its bound as the operator, a column, says. #}
{% macro stands_to(figure, operator, bound) -%}
    case {{ operator }}
        when '>=' then {{ figure }} >= {{ bound }}
        when '<=' then {{ figure }} <= {{ bound }}
        when '>' then {{ figure }} > {{ bound }}
        when '<' then {{ figure }} < {{ bound }}
        when '=' then {{ figure }} = {{ bound }}
    end
{%- endmacro %}

{# A figure as it is read: money with two digits, counts with none. #}
{% macro figure_text(figure, measure) -%}
    case {{ measure }}
        when 'sum' then cast(cast({{ figure }} as decimal(28, 2)) as string)
        else cast(cast({{ figure }} as bigint) as string)
    end
{%- endmacro %}
