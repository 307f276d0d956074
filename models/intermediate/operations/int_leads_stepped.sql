{% set key = '(taken.occurred_at, taken.event_id)' %}

-- One row per lead that anything followed: when it first reached each step, and who worked on it.
with told as (

    select
        events.event_id,
        events.customer_id,
        events.event_type,
        events.channel,
        events.staff_id,
        {{ json_text('events.properties', 'stage') }} as stage,
        events.occurred_at
    from {{ ref('events') }} as events
    left join {{ ref('int_messages_told') }} as campaigns
        on events.event_id = campaigns.event_id and campaigns.is_sent
    left join {{ ref('int_events_withdrawn') }} as withdrawn
        on events.event_id = withdrawn.event_id
    where
        events.exclusion_reason is null
        and events.customer_id <> 'unknown'
        and (
            events.event_type = 'lead_assigned'
            or events.event_type in (select steps.event_type from {{ ref('lead_steps') }} as steps)
        )
        -- what goes to many is no answer to one
        and campaigns.event_id is null
        -- a deal that was deleted or void in the end never was one
        and withdrawn.event_id is null

),

taken as (

    select
        leads.lead_id,
        told.event_id,
        told.event_type,
        told.staff_id,
        told.occurred_at,
        steps.step
    from {{ ref('int_leads_captured') }} as leads
    inner join told
        on
            leads.customer_id = told.customer_id
            and leads.captured_at <= told.occurred_at
            and (leads.next_captured_at > told.occurred_at or leads.next_captured_at is null)
    left join {{ ref('lead_steps') }} as steps
        on
            told.event_type = steps.event_type
            and coalesce(steps.channel, told.channel, '') = coalesce(told.channel, '')
            and coalesce(steps.stage, told.stage, '') = coalesce(told.stage, '')

),

stepped as (

    select
        taken.lead_id,
        {% for step in ['response', 'mql', 'sql', 'opportunity', 'lost'] %}
            min(case when taken.step = '{{ step }}' then taken.occurred_at end) as {{ step }}_at,
        {% endfor %}
        {{ min_by(
            'taken.event_type', "case when taken.step = 'response' then " ~ key ~ ' end'
        ) }} as response_type,
        -- the salesperson is whoever had it last
        {{ max_by('taken.staff_id', 'case when taken.staff_id is not null then ' ~ key ~ ' end') }}
            as staff_id
    from taken
    group by taken.lead_id

)

select * from stepped
