-- One row per act of a customer's first journey: up to the first purchase, signed contract or
-- opportunity won, or all that they did.
with acts as (

    {{ of_touched('int_acts_channelled', acts_channelled) }}

),

staged as (

    select
        acts.*,
        stages.stage_number,
        acts.touch_role = 'impression' as is_impression,
        acts.funnel_stage = 'purchase' and acts.touch_role = 'conversion' as is_conversion
    from acts
    inner join {{ ref('funnel_stages') }} as stages
        on acts.funnel_stage = stages.funnel_stage
    where acts.customer_id <> 'unknown'

),

-- a coupon redeemed is as far, and no purchase; who is sent one message after the other, and never
-- reacts, is silent since the first
ends as (

    select
        customer_id,
        min(case when is_conversion then occurred_at end) as converted_at,
        coalesce(
            min(case when is_conversion then occurred_at end),
            max(case when not is_impression then occurred_at end),
            min(occurred_at)
        ) as ended_at
    from staged
    group by customer_id

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
    where {{ is_touched('touchpoints.customer_id', 'int_customers_touched') }}
    group by ends.customer_id

),

described as (

    select
        staged.event_id,
        staged.customer_id,
        coalesce(entries.entry_channel, '(none)') as entry_channel,
        ends.converted_at is not null as is_converted,
        ends.ended_at,
        staged.stage_number,
        staged.is_impression,
        staged.channel,
        staged.event_type,
        staged.page,
        staged.occurred_at
    from staged
    inner join ends
        on
            staged.customer_id = ends.customer_id
            and staged.occurred_at <= coalesce(ends.converted_at, staged.occurred_at)
    left join entries
        on staged.customer_id = entries.customer_id

)

select * from described
