{# The value is a channel of the seed, and none of the words that stand where there is no channel. #}
{% test is_a_channel(model, column_name) %}
with named as (

    select {{ column_name }} as value_field
    from {{ model }}

)

select
    named.value_field,
    count(*) as n_records
from named
left join {{ ref('channels') }} as channels
    on named.value_field = channels.channel and channels.channel_group <> 'none'
where named.value_field is not null and channels.channel is null
group by named.value_field
{% endtest %}
