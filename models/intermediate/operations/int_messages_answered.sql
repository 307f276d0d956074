{% set may_be_answered = "is_sent and event_type not in ('message_failed', 'message_bounced')" %}

-- One row per message and answer, with the campaign and content that it is of. An answer that names
-- none is one to the last message of its channel to the same person.
with followed as (

    select
        *,
        {{ ignoring_nulls(
            'last_value', 'case when ' ~ may_be_answered ~ " then coalesce(campaign_id, '(none)') end"
        ) }} over story as last_campaign_id,
        {{ ignoring_nulls(
            'last_value', 'case when ' ~ may_be_answered ~ " then coalesce(content, '(unknown)') end"
        ) }} over story as last_content,
        {{ ignoring_nulls(
            'last_value', 'case when ' ~ may_be_answered ~ ' then occurred_at end'
        ) }} over story as last_sent_at
    from {{ ref('int_messages_sequenced') }}
    window story as (
        partition by channel, customer_id, case when customer_id = 'unknown' then event_id end
        order by occurred_at, place, event_id
        rows between unbounded preceding and current row
    )

),

answered as (

    select
        event_id,
        nullif(customer_id, 'unknown') as customer_id,
        channel,
        event_type,
        is_sent,
        is_reached,
        occurred_at,
        coalesce(campaign_id, case when content is null then last_campaign_id end, '(none)')
            as campaign_id,
        coalesce(
            content,
            case
                when coalesce(campaign_id, last_campaign_id) = last_campaign_id then last_content
            end,
            '(unknown)'
        ) as content
    from followed
    where
        is_sent
        or campaign_id is not null
        or content is not null
        or {{ seconds_between('last_sent_at', 'occurred_at') }}
        <= {{ var('message_answer_days') }} * 86400

)

select * from answered
