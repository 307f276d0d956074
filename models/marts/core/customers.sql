-- One row per customer: everyone an identifier was seen of, however little is known. Moments, not
-- spans of time: a row that nothing touches must stay true.
with behaviour as (

    select
        customer_id,
        count(*) as event_count,
        max(case when event_type = 'view_item' then occurred_at end) as last_item_view_at
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

purchases as (

    select
        customer_id,
        count(case when order_kind = 'sale' and paid_at is not null then 1 end) as order_count,
        sum(case when paid_at is not null then gross_revenue else 0 end) as gross_revenue,
        sum(case when paid_at is not null then refunded_revenue else 0 end) as refunded_revenue,
        sum(net_revenue) as net_revenue,
        min(case when order_kind = 'sale' then paid_at end) as first_order_at,
        max(case when order_kind = 'sale' then paid_at end) as last_order_at
    from {{ ref('orders') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

customers as (

    select
        identities.customer_id,
        identities.is_identified,
        identities.is_member,
        identities.has_phone,
        identities.identifier_count,
        identities.person_identifier_kinds,
        identities.source_count,
        identities.first_seen_at,
        identities.last_seen_at,
        described.gender,
        described.birth_year,
        described.province,
        described.city,
        described.member_level,
        described.points,
        described.member_since,
        described.company,
        described.job_title,
        described.industry,
        described.tags,
        described.can_sms,
        described.can_email,
        described.is_follower,
        described.is_wecom_contact,
        described.has_marketing_consent,
        reached.first_channel,
        reached.first_campaign_id,
        reached.first_touch_at,
        reached.last_channel,
        reached.last_campaign_id,
        reached.last_touch_at,
        coalesce(reached.channel_count, 0) as channel_count,
        reached.channels,
        reached.preferred_channel,
        reached.preferred_hour,
        coalesce(behaviour.event_count, 0) as event_count,
        coalesce(reached.session_count, 0) as session_count,
        behaviour.last_item_view_at,
        items.item as favourite_item,
        items.category as favourite_category,
        items.brand as favourite_brand,
        coalesce(purchases.order_count, 0) as order_count,
        cast(coalesce(purchases.gross_revenue, 0) as decimal(18, 4)) as gross_revenue,
        cast(coalesce(purchases.refunded_revenue, 0) as decimal(18, 4)) as refunded_revenue,
        cast(coalesce(purchases.net_revenue, 0) as decimal(18, 4)) as net_revenue,
        cast(purchases.gross_revenue as double) / nullif(purchases.order_count, 0)
            as average_order_value,
        purchases.first_order_at,
        purchases.last_order_at
    from {{ ref('int_identities_counted') }} as identities
    left join {{ ref('int_customers_described') }} as described
        on identities.customer_id = described.customer_id
    left join {{ ref('int_channels_preferred') }} as reached
        on identities.customer_id = reached.customer_id
    left join {{ ref('int_items_preferred') }} as items
        on identities.customer_id = items.customer_id
    left join behaviour on identities.customer_id = behaviour.customer_id
    left join purchases on identities.customer_id = purchases.customer_id
    where {{ is_touched('identities.customer_id', 'int_customers_touched') }}

)

select * from customers
