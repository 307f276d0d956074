-- One row per channel, campaign and content of messages: what became of them, and of the people.
with counted as (

    select
        channel,
        campaign_id,
        content,
        min(case when is_sent then occurred_at end) as first_sent_at,
        sum(case when event_type = 'message_sent' then 1 else 0 end) as sends_told,
        sum(case when event_type = 'message_delivered' then 1 else 0 end) as delivered,
        sum(case when event_type = 'message_failed' then 1 else 0 end) as failed,
        sum(case when event_type = 'message_bounced' then 1 else 0 end) as bounced,
        sum(case when event_type = 'message_spam' then 1 else 0 end) as spam,
        count(distinct case when is_reached then customer_id end) as people_reached,
        count(distinct case when event_type = 'message_opened' then customer_id end) as openers,
        count(distinct case when event_type in ('message_clicked', 'visit') then customer_id end)
            as clickers,
        count(distinct case when event_type = 'unsubscribe' then customer_id end) as opted_out
    from {{ ref('int_messages_answered') }}
    group by channel, campaign_id, content

),

joined as (

    select
        counted.channel,
        coalesce(channels.name_zh, counted.channel) as channel_name,
        counted.campaign_id,
        counted.content,
        {{ local_date('counted.first_sent_at') }} as first_sent_date,
        -- not every channel tells that it sent, and none delivers what it did not send
        cast(greatest(
            counted.sends_told,
            counted.delivered + counted.bounced
            + case when counted.sends_told = 0 then counted.failed else 0 end
        ) as bigint) as sent,
        cast(counted.delivered as bigint) as delivered,
        cast(counted.failed as bigint) as failed,
        cast(counted.bounced as bigint) as bounced,
        cast(counted.spam as bigint) as spam,
        counted.people_reached,
        -- who answered may have been reached before the data begins
        case
            when sum(counted.openers) over (partition by counted.channel) > 0
                then least(counted.openers, counted.people_reached)
        end as openers,
        least(counted.clickers, counted.people_reached) as clickers,
        least(counted.opted_out, counted.people_reached) as opted_out,
        coalesce(bought.buyers, 0) as buyers,
        coalesce(bought.orders, 0) as orders,
        cast(coalesce(bought.revenue, 0) as decimal(18, 4)) as revenue
    from counted
    left join {{ ref('int_messages_bought') }} as bought
        on
            counted.channel = bought.channel
            and counted.campaign_id = bought.campaign_id
            and counted.content = bought.content
    left join {{ ref('channels') }} as channels
        on counted.channel = channels.channel

),

rated as (

    select
        *,
        {{ rate_columns('delivery_rate', 'delivered', 'sent') }},
        {{ rate_columns('open_rate', 'openers', 'people_reached') }},
        {{ rate_columns('click_rate', 'clickers', 'people_reached') }},
        {{ rate_columns('opt_out_rate', 'opted_out', 'people_reached') }},
        {{ rate_columns('order_rate', 'buyers', 'people_reached') }}
    from joined

)

select * from rated
