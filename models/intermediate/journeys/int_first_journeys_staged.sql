-- One row per act of a customer's first journey: up to the first purchase, or all that they did.
with staged as (

    select
        acts.*,
        stages.stage_number,
        acts.touch_role = 'impression' as is_impression,
        -- a coupon redeemed or a contract signed is as far, and no purchase
        min(case when acts.event_type = 'purchase' then acts.occurred_at end) over customer
            as converted_at
    from {{ ref('int_acts_channelled') }} as acts
    inner join {{ ref('funnel_stages') }} as stages
        on acts.funnel_stage = stages.funnel_stage
    where acts.customer_id <> 'unknown'
    window customer as (partition by acts.customer_id)

),

-- who is sent one message after the other, and never reacts, is silent
first_journeys as (

    select
        *,
        coalesce(
            converted_at,
            max(case when not is_impression then occurred_at end) over customer,
            max(occurred_at) over customer
        ) as ended_at
    from staged
    where converted_at is null or occurred_at <= converted_at
    window customer as (partition by customer_id)

),

ends as (

    select distinct
        customer_id,
        ended_at
    from first_journeys

),

entries as (

    select
        ends.customer_id,
        {{ min_by('touchpoints.channel', '(touchpoints.touched_at, touchpoints.touchpoint_id)') }}
            as entry_channel
    from ends
    inner join {{ ref('int_touchpoints_identified') }} as touchpoints
        on
            ends.customer_id = touchpoints.customer_id
            and ends.ended_at >= touchpoints.touched_at
    group by ends.customer_id

),

described as (

    select
        first_journeys.event_id,
        first_journeys.customer_id,
        coalesce(entries.entry_channel, '(none)') as entry_channel,
        case
            when first_journeys.converted_at is not null then 'converted'
            when
                first_journeys.ended_at
                > data_clock.now_at - interval {{ var('journey_open_days') }} day
                then 'open'
            else 'broken_off'
        end as journey_state,
        first_journeys.stage_number,
        first_journeys.is_impression,
        first_journeys.channel,
        first_journeys.event_type,
        first_journeys.page,
        first_journeys.occurred_at
    from first_journeys
    cross join {{ ref('int_data_clock') }} as data_clock
    left join entries
        on first_journeys.customer_id = entries.customer_id

)

select * from described
