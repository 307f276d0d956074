{# An end of the 95 % interval of a figure of int_credits_ranked; nothing is credited below 0. #}
{% macro interval_end(figure, sign) -%}
    case
        when measured.{{ figure }}_error is not null
            then greatest(
                0,
                ranked.{{ figure }}
                {{ sign }} {{ var('interval_factor') }} * measured.{{ figure }}_error
            )
    end
{%- endmacro %}
