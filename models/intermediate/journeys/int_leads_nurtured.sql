-- One row per customer with a lead and step that followed its creation: when that was first, how
-- long after the lead, and after whatever step came before.
with steps_taken as (

    select
        events.customer_id,
        steps.event_type,
        steps.step_number,
        events.occurred_at
    from {{ ref('events') }} as events
    inner join {{ ref('nurture_steps') }} as steps
        on events.event_type = steps.event_type
    left join {{ ref('int_events_withdrawn') }} as withdrawn
        on events.event_id = withdrawn.event_id
    where
        events.exclusion_reason is null
        and events.customer_id <> 'unknown'
        and withdrawn.event_id is null

),

leads as (

    select
        customer_id,
        min(occurred_at) as created_at
    from steps_taken
    where step_number = 1
    group by customer_id

),

first_steps as (

    select
        leads.customer_id,
        leads.created_at,
        steps_taken.event_type,
        steps_taken.step_number,
        min(steps_taken.occurred_at) as reached_at
    from leads
    inner join steps_taken
        on
            leads.customer_id = steps_taken.customer_id
            and leads.created_at <= steps_taken.occurred_at
    group by
        leads.customer_id, leads.created_at, steps_taken.event_type, steps_taken.step_number

),

entries as (

    select
        leads.customer_id,
        {{ min_by('touchpoints.channel', '(touchpoints.touched_at, touchpoints.touchpoint_id)') }}
            as first_channel
    from leads
    inner join {{ ref('int_touchpoints_identified') }} as touchpoints
        on
            leads.customer_id = touchpoints.customer_id
            and leads.created_at >= touchpoints.touched_at
    group by leads.customer_id

),

timed as (

    select
        first_steps.customer_id,
        coalesce(entries.first_channel, '(none)') as first_channel,
        first_steps.event_type,
        first_steps.step_number,
        {{ seconds_between('first_steps.created_at', 'first_steps.reached_at') }} / 86400.0
            as days_since_lead,
        {{ seconds_between('lag(first_steps.reached_at) over story', 'first_steps.reached_at') }}
        / 86400.0 as days_since_step_before
    from first_steps
    left join entries
        on first_steps.customer_id = entries.customer_id
    window story as (
        partition by first_steps.customer_id
        order by first_steps.reached_at, first_steps.step_number
    )

)

select * from timed
