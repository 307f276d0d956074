{% set as_they_are = {
    'identities': ['customer_id', 'is_identified', 'is_member', 'has_phone', 'identifier_count',
        'person_identifier_kinds', 'source_count', 'first_seen_at', 'last_seen_at'],
    'described': ['gender', 'birth_year', 'province', 'city', 'member_level', 'points',
        'member_since', 'company', 'job_title', 'industry', 'tags', 'can_sms', 'can_email',
        'is_follower', 'is_wecom_contact', 'has_marketing_consent'],
    'reached': ['first_channel', 'first_campaign_id', 'first_touch_at', 'last_channel',
        'last_campaign_id', 'last_touch_at', 'channels', 'preferred_channel', 'preferred_hour'],
    'behaviour': ['last_item_view_at'],
    'purchases': ['first_order_at', 'last_order_at'],
} %}

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

identities as (

    {{ of_touched('int_identities_counted', identities_counted) }}

),

described as (

    {{ of_touched('int_customers_described', customers_described) }}

),

reached as (

    {{ of_touched('int_channels_preferred', channels_preferred) }}

),

preferred as (

    {{ of_touched('int_items_preferred', items_preferred) }}

),

customers as (

    select
        {% for step, columns in as_they_are.items() -%}
            {% for column in columns -%}
                {{ step }}.{{ column }},
            {% endfor -%}
        {% endfor -%}
        coalesce(reached.channel_count, 0) as channel_count,
        coalesce(behaviour.event_count, 0) as event_count,
        coalesce(reached.session_count, 0) as session_count,
        preferred.item as favourite_item,
        preferred.category as favourite_category,
        preferred.brand as favourite_brand,
        coalesce(purchases.order_count, 0) as order_count,
        cast(coalesce(purchases.gross_revenue, 0) as decimal(18, 4)) as gross_revenue,
        cast(coalesce(purchases.refunded_revenue, 0) as decimal(18, 4)) as refunded_revenue,
        cast(coalesce(purchases.net_revenue, 0) as decimal(18, 4)) as net_revenue,
        cast(purchases.gross_revenue as double) / nullif(purchases.order_count, 0)
            as average_order_value
    from identities
    left join described on identities.customer_id = described.customer_id
    left join reached on identities.customer_id = reached.customer_id
    left join preferred on identities.customer_id = preferred.customer_id
    left join behaviour on identities.customer_id = behaviour.customer_id
    left join purchases on identities.customer_id = purchases.customer_id

)

select * from customers
