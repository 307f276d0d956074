-- One row per act of a customer that a segment may look at: an event, or a sale once it is paid.
with behaviour as (

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
    from {{ ref('events') }} as events
    left join {{ ref('sessions') }} as sessions
        on events.session_id = sessions.session_id
    where
        events.exclusion_reason is null
        -- sales are orders: what an event says of one is not all of it
        and events.event_type <> 'purchase'

),

sales as (

    select
        customer_id,
        'purchase' as event_type,
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
    where order_kind = 'sale' and paid_at is not null

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
            when channels.channel_group = 'offline' then 'offline'
            else 'online'
        end as place
    from acts
    left join {{ ref('channels') }} as channels
        on acts.channel = channels.channel
    where acts.customer_id <> 'unknown'

)

select * from placed
