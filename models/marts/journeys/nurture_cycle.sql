-- One row per first channel of leads, or all of them, and step on the way to a deal, or off it: how
-- many leads got there, and how long it took.
with spined as (

    select * from {{ ref('int_leads_nurtured') }}
    union all
    select
        customer_id,
        '(all)' as first_channel,
        event_type,
        step_number,
        days_since_lead,
        days_since_step_before
    from {{ ref('int_leads_nurtured') }}

),

measured as (

    select
        spined.first_channel,
        coalesce(max(channels.name_zh), spined.first_channel) as first_channel_name,
        spined.event_type,
        max(event_types.name_zh) as event_name,
        cast(spined.step_number as bigint) as step_number,
        count(*) as customers,
        {{ quantile('spined.days_since_lead', 0.25) }} as days_since_lead_q1,
        {{ quantile('spined.days_since_lead', 0.5) }} as days_since_lead_median,
        {{ quantile('spined.days_since_lead', 0.75) }} as days_since_lead_q3,
        {{ quantile('spined.days_since_step_before', 0.5) }} as days_since_step_before_median
    from spined
    inner join {{ ref('event_types') }} as event_types
        on spined.event_type = event_types.event_type
    left join {{ ref('channels') }} as channels
        on spined.first_channel = channels.channel
    group by spined.first_channel, spined.event_type, spined.step_number

),

rated as (

    select
        *,
        -- every lead has been created
        cast(customers as double) / max(customers) over (partition by first_channel)
            as share_of_leads
    from measured

)

select * from rated
