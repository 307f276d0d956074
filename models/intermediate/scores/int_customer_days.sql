-- One row per customer, day, activity and channel: how often. Activities are stages of events,
-- orders apart, and the touches of channels. Touchpoints would tell of later days: there, a click
-- is the visit that it led to.
with acts as (

    select
        customer_id,
        occurred_date as active_date,
        funnel_stage as activity,
        cast(null as string) as channel
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and customer_id <> 'unknown'
        and touch_role not in ('system', 'negative')
        and funnel_stage in ('awareness', 'interest', 'consideration', 'intent', 'loyalty')
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

touches as (

    select
        customer_id,
        session_date as active_date,
        channel
    from {{ ref('sessions') }}
    where
        customer_id <> 'unknown'
        and {{ is_touched('customer_id', 'int_customers_touched') }}
    union all
    select
        events.customer_id,
        events.occurred_date as active_date,
        coalesce(events.channel, 'unknown') as channel
    from {{ ref('events') }} as events
    inner join {{ ref('event_types') }} as event_types
        on events.event_type = event_types.event_type and event_types.counts_as_touch
    where
        events.exclusion_reason is null
        and events.customer_id <> 'unknown'
        and events.session_id is null
        and {{ is_touched('events.customer_id', 'int_customers_touched') }}

),

channelled as (

    select
        touches.customer_id,
        touches.active_date,
        case when channels.is_paid then 'paid_touch' else 'other_touch' end as activity,
        touches.channel
    from touches
    left join {{ ref('channels') }} as channels
        on touches.channel = channels.channel

),

unioned as (

    select * from acts
    union all
    select * from channelled

),

by_day as (

    select
        customer_id,
        active_date,
        activity,
        channel,
        count(*) as act_count
    from unioned
    group by customer_id, active_date, activity, channel

)

select * from by_day
