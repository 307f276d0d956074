-- One row per event that says how far somebody is, with the channel of the visit it belongs to.
with acts as (

    select
        events.event_id,
        events.customer_id,
        coalesce(sessions.channel, events.channel, 'unknown') as channel,
        events.event_type,
        events.funnel_stage,
        events.touch_role,
        {{ page_alone('events.page_url') }} as page,
        events.occurred_at
    from {{ ref('events') }} as events
    left join {{ ref('sessions') }} as sessions
        on events.session_id = sessions.session_id
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

select * from acts
