-- One row per local weekday, hour, channel and funnel stage, apart for decision makers: what people
-- did.
with decision_makers as (

    select distinct customer_id
    from {{ ref('account_contacts') }}
    where is_decision_maker

),

acts as (

    select
        acts.customer_id,
        acts.channel,
        acts.funnel_stage,
        acts.touch_role,
        {{ local_time('acts.occurred_at') }} as local_time,
        decision_makers.customer_id is not null as is_decision_maker
    from {{ ref('int_acts_channelled') }} as acts
    left join decision_makers
        on acts.customer_id = decision_makers.customer_id
    -- what was shown to people, or noted of them, is not their hour
    where acts.touch_role not in ('impression', 'system')

),

counted as (

    select
        cast({{ iso_weekday('acts.local_time') }} as bigint) as weekday,
        cast(extract(hour from acts.local_time) as bigint) as hour_of_day,
        acts.channel,
        coalesce(max(channels.name_zh), acts.channel) as channel_name,
        acts.funnel_stage,
        acts.is_decision_maker,
        count(*) as events,
        count(distinct case when acts.customer_id <> 'unknown' then acts.customer_id end)
            as customers,
        count(case when acts.touch_role = 'conversion' then 1 end) as conversions
    from acts
    left join {{ ref('channels') }} as channels
        on acts.channel = channels.channel
    group by
        {{ iso_weekday('acts.local_time') }},
        extract(hour from acts.local_time),
        acts.channel,
        acts.funnel_stage,
        acts.is_decision_maker

)

select * from counted
