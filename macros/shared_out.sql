{#
    A line's share of an amount (yuan) that is told only for the whole, by weight, to the fen: what
    is rounded off one line is in the next, so that the lines add up. `line` has no ties in `whole`.
#}
{% macro shared_out(amount, weight, whole, line) -%}
    {%- set total = 'nullif(sum(' ~ weight ~ ') over (partition by ' ~ whole ~ '), 0)' -%}
    {%- set so_far = 'sum(' ~ weight ~ ') over (partition by ' ~ whole ~ ' order by ' ~ line ~ ')' -%}
    cast(
        round({{ amount }} * coalesce({{ so_far }} / {{ total }}, 1), 2)
        - round({{ amount }} * coalesce(({{ so_far }} - {{ weight }}) / {{ total }}, 0), 2)
        as decimal(18, 4)
    )
{%- endmacro %}
