{# Whether a conversion type is among the words of a list; an empty list means every type. To `like`
   an underscore would be any sign. #}
{% macro is_of_type(types, conversion_type) -%}
    (
        {{ types }} is null
        or contains(concat(' ', {{ types }}, ' '), concat(' ', {{ conversion_type }}, ' '))
    )
{%- endmacro %}
