-- One row per message that went out, per answer to one, and per step of a journey that may have
-- sent one: what its record says of the campaign and of what was sent.
with acts as (

    select
        event_id,
        customer_id,
        channel,
        event_type,
        source,
        campaign_id,
        {{ json_text('properties', 'message_id') }} as message_id,
        {{ json_text('properties', 'text') }} as message_text,
        -- an answer by text message tells whom it went to, not what it is about
        case
            when
                event_type <> 'unsubscribe'
                or {{ json_text('properties', 'message_id') }} is not null
                then content_id
        end as content_id,
        occurred_at
    from {{ ref('events') }}
    where
        exclusion_reason is null and channel is not null
        and event_type in (
            'message_sent', 'message_delivered', 'message_failed', 'message_bounced',
            'message_opened', 'message_clicked', 'message_spam', 'unsubscribe', 'journey_step'
        )

),

broadcasts as (

    select
        channel,
        message_text
    from acts
    where event_type = 'message_sent' and message_text is not null
    group by channel, message_text
    having count(distinct customer_id) >= {{ var('broadcast_min_people') }}

),

campaigns as (

    select distinct
        channel,
        campaign_id
    from acts

),

-- what the brand says of a campaign whose messages do not tell what they say
described as (

    select
        campaigns.channel,
        campaigns.campaign_id,
        min(texts.content) as content
    from campaigns
    inner join {{ ref('message_contents') }} as texts
        on campaigns.channel = texts.channel and campaigns.campaign_id like texts.campaign_pattern
    group by campaigns.channel, campaigns.campaign_id

),

told as (

    select
        acts.event_id,
        acts.customer_id,
        acts.channel,
        acts.event_type,
        acts.event_type in (
            'message_sent', 'message_delivered', 'message_failed', 'message_bounced'
        ) as is_sent,
        acts.campaign_id,
        coalesce(
            acts.content_id,
            broadcasts.message_text,
            -- the events of a mail need not all tell its subject
            max(case when acts.message_id is not null then acts.content_id end) over (
                partition by acts.channel, coalesce(acts.message_id, acts.event_id)
            ),
            described.content
        ) as content,
        acts.occurred_at
    from acts
    left join broadcasts
        on acts.channel = broadcasts.channel and acts.message_text = broadcasts.message_text
    left join described
        on acts.channel = described.channel and acts.campaign_id = described.campaign_id
    -- what an employee writes to one person is no broadcast
    where
        concat(acts.source, ':', acts.event_type) <> 'wecom_chats:message_sent'
        or broadcasts.message_text is not null

)

select * from told
