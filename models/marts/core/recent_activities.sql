-- One row per customer and number of an activity, the latest first: what an agent wants to know
-- when the phone rings. What somebody repeats within one visit is one activity.
with acts as (

    select
        customer_id,
        {{ max_by('event_id', '(occurred_at, event_id)') }} as event_id,
        max(occurred_at) as occurred_at,
        count(*) as times
    from {{ ref('events') }}
    where
        customer_id <> 'unknown'
        and exclusion_reason is null
        -- messages that were sent and steps of systems are nobody's doing
        and coalesce(touch_role, 'engagement') not in ('impression', 'system')
        and {{ is_touched('customer_id', 'int_customers_touched') }}
    group by
        customer_id, coalesce(session_id, event_id), coalesce(event_type, raw_event), item_id,
        content_id, keyword, source_order_id

),

numbered as (

    select
        *,
        row_number() over (
            partition by customer_id order by occurred_at desc, event_id desc
        ) as activity_number
    from acts

),

recent as (

    select
        events.*,
        numbered.activity_number,
        numbered.times
    from numbered
    inner join {{ ref('events') }} as events
        on numbered.event_id = events.event_id
    where
        numbered.activity_number <= {{ var('recent_activities_kept') }}
        and {{ is_touched('events.customer_id', 'int_customers_touched') }}

),

-- of the own shop an event tells of the order, whichever of its reports became the order
paid as (

    select
        recent.event_id,
        max(orders.gross_revenue) as gross_revenue,
        max(orders.refunded_revenue) as refunded_revenue
    from recent
    inner join {{ ref('orders') }} as orders
        on
            recent.customer_id = orders.customer_id
            and recent.source_order_id = orders.source_order_id
            and (recent.received_at is not null or recent.source = orders.source)
    where recent.event_type in ('order_submit', 'purchase', 'refund', 'order_cancel')
    group by recent.event_id

),

described as (

    select
        recent.customer_id,
        cast(recent.activity_number as bigint) as activity_number,
        recent.event_id,
        recent.occurred_at as last_at,
        cast({{ local_time('recent.occurred_at') }} as timestamp) as last_at_local,
        recent.event_type,
        coalesce(types.name_zh, recent.raw_event) as activity_zh,
        recent.times,
        coalesce(sessions.channel, recent.channel) as channel,
        channels.name_zh as channel_zh,
        recent.source,
        coalesce(items.item_name, recent.item_id) as item,
        recent.content_id,
        recent.keyword,
        recent.page_url,
        recent.store_id,
        recent.staff_id,
        recent.source_order_id,
        coalesce(
            case
                when recent.event_type = 'refund' then -paid.refunded_revenue
                else paid.gross_revenue
            end,
            try_cast({{ json_text('recent.properties', 'amount') }} as decimal(18, 4))
        ) as amount
    from recent
    left join {{ ref('sessions') }} as sessions on recent.session_id = sessions.session_id
    left join {{ ref('channels') }} as channels
        on coalesce(sessions.channel, recent.channel) = channels.channel
    left join {{ ref('event_types') }} as types on recent.event_type = types.event_type
    left join {{ ref('items') }} as items on recent.item_id = items.item_id
    left join paid on recent.event_id = paid.event_id

)

select * from described
