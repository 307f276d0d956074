{# Every word of a list, parted by spaces, is a value of `field` in `to`, or one of `also`. One row per
   row of the list and word that is none. #}
{% test words_are_known(model, words, to, field, also=[]) %}
select listed.*
from {{ unnest_words(model, words) }} as listed
left join {{ to }} as known
    on listed.word = known.{{ field }}
where
    known.{{ field }} is null
    {% for word in also -%}
        and listed.word <> '{{ word }}'
    {% endfor %}
{% endtest %}
