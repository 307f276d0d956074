{#
    An end of the 95 % interval of a figure of int_credits_ranked. Nothing is credited below 0 unless
    more came back than was sold.
#}
{% macro interval_end(figure, sign) -%}
    {%- set end -%}
        ranked.{{ figure }}
        {{ sign }} {{ interval_factor() }} * measured.{{ figure }}_error
    {%- endset -%}
    case
        when ranked.{{ figure }} < 0 then {{ end }}
        when measured.{{ figure }}_error is not null then greatest(0, {{ end }})
    end
{%- endmacro %}
