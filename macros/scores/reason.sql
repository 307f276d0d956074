{# An aggregate: the feature of this rank in words, + where it raises the score. #}
{% macro reason(name, rank) -%}
    max(
        case
            when ranked.reason_rank = {{ rank }} and ranked.contribution <> 0
                then concat(ranked.sign, ' ', coalesce(features.{{ name }}, ranked.feature))
        end
    )
{%- endmacro %}
