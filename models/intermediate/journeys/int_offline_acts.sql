-- One row per act away from any screen: a purchase in a store, a call, a contract.
with offline_acts as (

    select
        events.event_id as act_id,
        events.customer_id,
        events.event_type,
        events.store_id,
        events.occurred_at,
        cast(0 as decimal(18, 4)) as revenue
    from {{ ref('events') }} as events
    inner join {{ ref('event_types') }} as event_types
        on
            events.event_type = event_types.event_type
            and (event_types.counts_as_touch or event_types.touch_role = 'conversion')
    inner join {{ ref('channels') }} as channels
        on events.channel = channels.channel and channels.is_offline
    -- a visit that a code in a store began is a visit of a screen
    where
        events.session_id is null
        and events.exclusion_reason is null
        and events.event_type <> 'purchase'
    union all
    select
        order_id as act_id,
        customer_id,
        'purchase' as event_type,
        store_id,
        paid_at as occurred_at,
        net_revenue as revenue
    from {{ ref('orders') }}
    where
        store_id is not null
        and order_kind = 'sale'
        and paid_at is not null
        and order_status <> 'cancelled'

)

select * from offline_acts
