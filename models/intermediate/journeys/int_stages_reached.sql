-- One row per event that says how far somebody is.
with reached as (

    select
        events.event_id,
        events.customer_id,
        events.session_id,
        events.channel,
        events.event_type,
        events.funnel_stage,
        events.touch_role,
        events.page_url,
        events.occurred_at
    from {{ ref('events') }} as events
    left join {{ ref('int_events_withdrawn') }} as withdrawn
        on events.event_id = withdrawn.event_id
    where
        events.exclusion_reason is null
        and events.funnel_stage <> 'system'
        and events.touch_role <> 'negative'
        -- what is sent or given takes nobody further, but the CRM notes how far somebody is
        and (events.touch_role <> 'system' or events.funnel_stage = 'intent')
        and withdrawn.event_id is null

)

select * from reached
