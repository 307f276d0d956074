{# The query of int_segment_acts. #}
{% macro segment_acts() -%}
with touched_events as (

    select * from {{ ref('events') }}
    where
        exclusion_reason is null
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

behaviour as (

    select
        events.customer_id,
        events.event_type,
        coalesce(sessions.channel, events.channel, 'unknown') as channel,
        events.session_id is not null as is_on_site,
        events.store_id,
        lower(concat_ws(
            ' ', events.content_id, events.keyword,
            {{ json_text('events.properties', 'page_title') }},
            {{ json_text('events.properties', 'product_name') }},
            {{ json_text('events.properties', 'element_text') }}
        )) as words,
        {% for field in ['duration_seconds', 'score', 'points', 'amount'] -%}
            try_cast({{ json_text('events.properties', field) }} as decimal(18, 4)) as {{ field }},
        {% endfor -%}
        cast(null as decimal(18, 4)) as item_count,
        cast(null as decimal(18, 4)) as gross_revenue,
        cast(null as decimal(18, 4)) as net_revenue,
        events.occurred_at,
        events.occurred_date
    from touched_events as events
    left join {{ ref('sessions') }} as sessions
        on events.session_id = sessions.session_id
    where
        -- sales and returns are orders: what an event says of one is not all of it
        events.event_type <> 'purchase'
        and not (
            events.event_type = 'refund'
            and coalesce(events.raw_event, '') = 'return'
            and events.received_at is null
        )

),

sales as (

    select
        customer_id,
        case order_kind when 'sale' then 'purchase' else 'refund' end as event_type,
        case when store_id is null then 'unknown' else 'store' end as channel,
        false as is_on_site,
        store_id,
        cast(null as string) as words,
        {% for field in ['duration_seconds', 'score', 'points', 'amount'] -%}
            cast(null as decimal(18, 4)) as {{ field }},
        {% endfor -%}
        cast(item_count as decimal(18, 4)) as item_count,
        gross_revenue,
        net_revenue,
        paid_at as occurred_at,
        {{ local_date('paid_at') }} as occurred_date
    from {{ ref('orders') }}
    where
        paid_at is not null
        -- what was called off before it was paid was no purchase
        and coalesce(order_status, '') <> 'cancelled'
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

acts as (

    select * from behaviour
    union all
    select * from sales

),

placed as (

    select
        acts.*,
        case
            when acts.store_id is not null or acts.channel = 'store' then 'in store'
            -- of what a CRM notes nobody knows where it was; a sale without a store is one of the web
            -- or of a marketplace
            when coalesce(
                channels.is_offline, not acts.is_on_site and acts.event_type <> 'purchase'
            ) then 'offline'
            else 'online'
        end as place
    from acts
    left join {{ ref('channels') }} as channels
        on acts.channel = channels.channel
    where acts.customer_id <> 'unknown'

)

select * from placed
{%- endmacro %}
