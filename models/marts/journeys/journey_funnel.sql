-- One row per entry channel, or all of them, and funnel stage: of customers' first journeys, how
-- many came so far, how many went on, and how many broke off.
with stages_seen as (

    select
        customer_id,
        stage_number,
        min(occurred_at) as reached_at
    from {{ ref('int_first_journeys_staged') }}
    group by customer_id, stage_number

),

led_on as (

    select
        stages_seen.customer_id,
        stages_seen.stage_number,
        min({{ seconds_between('stages_seen.reached_at', 'later_stages.reached_at') }}) / 3600.0
            as hours_to_next
    from stages_seen
    left join stages_seen as later_stages
        on
            stages_seen.customer_id = later_stages.customer_id
            and stages_seen.stage_number < later_stages.stage_number
            and stages_seen.reached_at <= later_stages.reached_at
    group by stages_seen.customer_id, stages_seen.stage_number

),

journeys as (

    select
        customer_id,
        entry_channel,
        journey_state,
        max(stage_number) as furthest_stage
    from {{ ref('int_first_journeys_staged') }}
    group by customer_id, entry_channel, journey_state

),

-- whoever came further has been here, seen or not
spined as (

    {% for entry_channel in ['journeys.entry_channel', "'(all)'"] %}
        select
            journeys.customer_id,
            {{ entry_channel }} as entry_channel,
            stages.funnel_stage,
            stages.stage_number,
            journeys.furthest_stage > stages.stage_number as went_on,
            case when journeys.furthest_stage = stages.stage_number then journeys.journey_state end
                as ended_as
        from journeys
        inner join {{ ref('funnel_stages') }} as stages
            on journeys.furthest_stage >= stages.stage_number
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        spined.entry_channel,
        coalesce(max(channels.name_zh), spined.entry_channel) as entry_channel_name,
        spined.funnel_stage,
        cast(spined.stage_number as bigint) as stage_number,
        count(*) as customers_reached,
        count(led_on.customer_id) as customers_seen,
        count(case when spined.went_on then 1 end) as customers_went_on,
        count(case when spined.ended_as = 'converted' then 1 end) as customers_converted,
        count(case when spined.ended_as = 'broken_off' then 1 end) as customers_broken_off,
        count(case when spined.ended_as = 'open' then 1 end) as customers_open,
        {{ quantile('led_on.hours_to_next', 0.25) }} as hours_to_next_q1,
        {{ quantile('led_on.hours_to_next', 0.5) }} as hours_to_next_median,
        {{ quantile('led_on.hours_to_next', 0.75) }} as hours_to_next_q3
    from spined
    left join led_on
        on
            spined.customer_id = led_on.customer_id
            and spined.stage_number = led_on.stage_number
    left join {{ ref('channels') }} as channels
        on spined.entry_channel = channels.channel
    group by spined.entry_channel, spined.funnel_stage, spined.stage_number

),

rated as (

    select
        *,
        cast(customers_broken_off as double)
        / nullif(customers_went_on + customers_converted + customers_broken_off, 0) as drop_off_rate
    from counted

)

select * from rated
