-- One row per channel, event type and page that somebody's first journey broke off at: how many
-- did, of those who came through there.
with acts as (

    select
        *,
        -- what they did last, be it that more was sent to them; of who did nothing, what was sent
        row_number() over (
            partition by customer_id order by is_impression asc, occurred_at desc, event_id desc
        ) as act_from_end
    from {{ ref('int_first_journeys_staged') }}
    -- how these will end, nobody knows yet
    where journey_state <> 'open'

),

counted as (

    select
        channel,
        event_type,
        page,
        count(distinct customer_id) as customers_passed,
        count(case when journey_state = 'broken_off' and act_from_end = 1 then 1 end)
            as customers_broken_off
    from acts
    group by channel, event_type, page

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
