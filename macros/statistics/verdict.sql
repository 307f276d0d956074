{# What a difference says at 5 %: higher or lower than what it is compared with, or undecided. #}
{% macro verdict(difference, p) -%}
    case when {{ p }} < 5e-2 then case when {{ difference }} > 0 then 'higher' else 'lower' end
        else 'undecided' end
{%- endmacro %}
