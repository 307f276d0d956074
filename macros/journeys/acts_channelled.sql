{# The query of int_acts_channelled. #}
{% macro acts_channelled() -%}
with reached as (

    select * from {{ ref('int_stages_reached') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

channelled as (

    select
        reached.event_id,
        reached.customer_id,
        coalesce(sessions.channel, reached.channel, 'unknown') as channel,
        reached.event_type,
        reached.funnel_stage,
        reached.touch_role,
        {{ page_alone('reached.page_url') }} as page,
        reached.occurred_at
    from reached
    left join {{ ref('sessions') }} as sessions
        on reached.session_id = sessions.session_id

)

select * from channelled
{%- endmacro %}
