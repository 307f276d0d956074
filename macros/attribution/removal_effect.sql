{#
    What is lost of one conversion, of what is left of it. The solution leaves up to 1e-13: less than
    ten times that is nothing.
#}
{% macro removal_effect(converted) -%}
    case
        when 1 - coalesce({{ converted }}, 0) > 1e-12 then 1 - coalesce({{ converted }}, 0)
        else 0
    end
{%- endmacro %}
