-- One row per channel, event type and page that somebody's first journey broke off at: how many
-- did, of those who came through there.
with acts as (

    select * from {{ ref('int_first_journeys_staged') }}
    -- how these will end, nobody knows yet
    where journey_state <> 'open'

),

-- what they did last, be it that more was sent to them; of who did nothing, what was sent
last_acts as (

    select {{ max_by('event_id', '(not is_impression, occurred_at, event_id)') }} as event_id
    from acts
    where journey_state = 'broken_off'
    group by customer_id

),

counted as (

    select
        acts.channel,
        acts.event_type,
        acts.page,
        count(distinct acts.customer_id) as customers_passed,
        count(last_acts.event_id) as customers_broken_off
    from acts
    left join last_acts
        on acts.event_id = last_acts.event_id
    group by acts.channel, acts.event_type, acts.page

),

described as (

    select
        counted.channel,
        coalesce(channels.name_zh, counted.channel) as channel_name,
        counted.event_type,
        event_types.name_zh as event_name,
        event_types.funnel_stage,
        counted.page,
        counted.customers_passed,
        counted.customers_broken_off,
        cast(counted.customers_broken_off as double) / counted.customers_passed as break_rate,
        {{ wilson_bound('counted.customers_broken_off', 'counted.customers_passed', '-') }}
            as break_rate_from,
        {{ wilson_bound('counted.customers_broken_off', 'counted.customers_passed', '+') }}
            as break_rate_to
    from counted
    inner join {{ ref('event_types') }} as event_types
        on counted.event_type = event_types.event_type
    left join {{ ref('channels') }} as channels
        on counted.channel = channels.channel
    where counted.customers_broken_off > 0

)

select * from described
