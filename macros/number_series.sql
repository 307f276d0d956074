{# A query of the whole numbers from 0 below a count that is known when it is written, as `number`. #}
{% macro number_series(count) -%}
    {%- set places = [(count - 1).bit_length(), 1] | max -%}
    select number
    from (
        select
            cast(
                {% for place in range(places) %}
                    bits_{{ place }}.is_in * {{ 2 ** place }} {{ '+' if not loop.last }}
                {% endfor %}
                as bigint
            ) as number
        from (select 0 as is_in union all select 1 as is_in) as bits_0
        {% for place in range(1, places) %}
            cross join (select 0 as is_in union all select 1 as is_in) as bits_{{ place }}
        {% endfor %}
    ) as numbers
    where number < {{ count }}
{%- endmacro %}
