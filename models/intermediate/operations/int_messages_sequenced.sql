{% set within_the_hour = seconds_between('stepped_at', 'occurred_at') ~ ' <= 3600' %}

-- One row per message and answer, with the campaign and content of a message: its own, or those of
-- the step of a journey that sent it, where the vendor does not hand our ids back.
with senders as (

    select
        channel,
        min(case when event_type in ('message_delivered', 'message_sent') then event_type end)
            as reached_type
    from {{ ref('int_messages_told') }}
    where is_sent
    group by channel

),

unioned as (

    select * from {{ ref('int_messages_told') }}
    union all
    -- a link in a message may be known by the visit alone
    select
        sessions.session_id as event_id,
        sessions.customer_id,
        sessions.channel,
        'visit' as event_type,
        false as is_sent,
        cast(null as string) as campaign_id,
        cast(null as string) as content,
        sessions.started_at as occurred_at
    from {{ ref('sessions') }} as sessions
    inner join senders
        on sessions.channel = senders.channel

),

placed as (

    select
        act.*,
        coalesce(act.event_type = senders.reached_type, false) as is_reached,
        -- in one second a step comes before its message, and a message before its answer
        case when act.event_type = 'journey_step' then 0 when act.is_sent then 1 else 2 end as place
    from unioned as act
    left join senders
        on act.channel = senders.channel

),

stepped as (

    select
        *,
        {{ ignoring_nulls(
            'last_value', "case when place = 0 then coalesce(campaign_id, '(none)') end"
        ) }} over story as step_campaign_id,
        {{ ignoring_nulls(
            'last_value', "case when place = 0 then coalesce(content, '(unknown)') end"
        ) }} over story as step_content,
        {{ ignoring_nulls('last_value', 'case when place = 0 then occurred_at end') }}
            over story as stepped_at
    from placed
    window story as (
        partition by channel, customer_id, case when customer_id = 'unknown' then event_id end
        order by occurred_at, place, event_id
        rows between unbounded preceding and current row
    )

),

sequenced as (

    select
        event_id,
        customer_id,
        channel,
        event_type,
        is_sent,
        is_reached,
        place,
        case
            when
                is_sent and campaign_id is null and content is null and {{ within_the_hour }}
                then step_campaign_id
            else campaign_id
        end as campaign_id,
        case
            when
                is_sent and content is null and {{ within_the_hour }}
                and coalesce(campaign_id, step_campaign_id) = step_campaign_id
                then step_content
            else content
        end as content,
        occurred_at
    from stepped
    where place > 0

)

select * from sequenced
