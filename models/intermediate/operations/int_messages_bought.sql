-- One row per channel, campaign and content that was followed by orders of the people it reached.
-- An order counts once for each content, however often that had reached its buyer.
with ordered as (

    select distinct
        messages.channel,
        messages.campaign_id,
        messages.content,
        orders.customer_id,
        orders.order_id,
        orders.net_revenue
    from {{ ref('int_messages_answered') }} as messages
    inner join {{ ref('orders') }} as orders
        on
            messages.customer_id = orders.customer_id
            and messages.occurred_at <= orders.paid_at
            and messages.occurred_at
            > {{ days_before('orders.paid_at', var('message_order_days')) }}
    where
        messages.is_reached and orders.order_kind = 'sale' and orders.order_status <> 'cancelled'

),

bought as (

    select
        channel,
        campaign_id,
        content,
        count(distinct customer_id) as buyers,
        count(*) as orders,
        sum(net_revenue) as revenue
    from ordered
    group by channel, campaign_id, content

)

select * from bought
