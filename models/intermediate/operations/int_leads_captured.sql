{% set key = '(acts.occurred_at, acts.event_id)' %}

-- One row per lead: what a person left, and left again within days, is one. Nobody knows whether
-- two forms without a name are of one person, so each is a lead.
with acts as (

    select
        event_id,
        customer_id,
        event_type,
        source,
        channel,
        campaign_id,
        {{ json_text('properties', 'lead_source') }} as lead_source,
        occurred_at,
        lag(occurred_at) over (
            partition by customer_id, case when customer_id = 'unknown' then event_id end
            order by occurred_at, event_id
        ) as previous_at
    from {{ ref('events') }}
    where exclusion_reason is null and event_type in ('form_submit', 'lead_created')

),

numbered as (

    select
        *,
        sum(case
            when {{ seconds_between('previous_at', 'occurred_at') }}
                <= {{ var('lead_gap_days') }} * 86400 then 0
            else 1
        end) over (
            partition by customer_id, case when customer_id = 'unknown' then event_id end
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as lead_number
    from acts

),

leads as (

    select
        min(acts.customer_id) as customer_id,
        {{ min_by('acts.event_id', key) }} as lead_id,
        min(acts.occurred_at) as captured_at,
        {{ min_by('acts.source', key) }} as source,
        {{ min_by('acts.channel', key) }} as told_channel,
        {{ min_by('acts.campaign_id', key) }} as campaign_id,
        max(acts.lead_source) as lead_source
    from numbered as acts
    group by
        acts.customer_id, acts.lead_number,
        case when acts.customer_id = 'unknown' then acts.event_id end

),

followed as (

    select
        *,
        case
            when customer_id <> 'unknown'
                then lead(captured_at) over (partition by customer_id order by captured_at, lead_id)
        end as next_captured_at
    from leads

)

select * from followed
