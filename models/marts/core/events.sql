-- One row per event: what people did, and what became of their orders.
with touched_sets as (

    select
        identifier_set_id,
        customer_id
    from {{ ref('int_identifier_sets_resolved') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

behaviour as (

    select
        events.event_id,
        touched_sets.customer_id,
        cast(sessionized.session_id as string) as session_id,
        events.stream_id as device_id,
        events.source,
        events.channel,
        events.event_type,
        events.raw_event,
        events.raw_discriminator,
        events.occurred_at,
        events.received_at,
        events.order_id as source_order_id,
        events.item_id,
        events.page_url,
        events.campaign_id,
        events.ad_id,
        events.creative_id,
        events.content_id,
        events.keyword,
        events.store_id,
        events.staff_id,
        events.properties,
        events.click_id,
        case
            when repeated.event_id is not null then 'duplicate' else events.exclusion_reason
        end as exclusion_reason,
        repeated.counted_with
    from {{ ref('int_events_unioned') }} as events
    inner join touched_sets
        on events.identifier_set_id = touched_sets.identifier_set_id
    left join {{ ref('int_events_sessionized') }} as sessionized
        on events.event_id = sessionized.event_id
    left join {{ ref('int_events_superseded') }} as superseded
        on events.event_id = superseded.event_id
    left join {{ ref('int_events_repeated') }} as repeated
        on events.event_id = repeated.event_id
    where superseded.event_id is null

),

unioned as (

    select * from behaviour
    union all
    select * from {{ ref('int_order_events') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

described as (

    select
        unioned.event_id,
        unioned.customer_id,
        unioned.session_id,
        unioned.device_id,
        unioned.source,
        unioned.channel,
        unioned.event_type,
        event_types.funnel_stage,
        event_types.touch_role,
        unioned.raw_event,
        unioned.raw_discriminator,
        unioned.occurred_at,
        {{ local_date('unioned.occurred_at') }} as occurred_date,
        unioned.received_at,
        unioned.source_order_id,
        unioned.item_id,
        unioned.page_url,
        unioned.campaign_id,
        unioned.ad_id,
        unioned.creative_id,
        unioned.content_id,
        unioned.keyword,
        unioned.store_id,
        unioned.staff_id,
        unioned.properties,
        unioned.click_id,
        unioned.exclusion_reason,
        unioned.counted_with
    from unioned
    left join {{ ref('event_types') }} as event_types
        on unioned.event_type = event_types.event_type

)

select * from described
