{% set attributes = [
    'gender', 'birth_year', 'province', 'city', 'level', 'points', 'member_since', 'company',
    'job_title', 'industry',
] %}

-- One row per customer: everyone an identifier was seen of, however little is known.
with identities as (

    select
        resolved.customer_id,
        count(*) as identifier_count,
        -- what is nobody's names nobody
        bool_or(coalesce(types.identifies_person and identifiers.rejected_by is null, false))
            as is_identified,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as identifiers
        on resolved.identifier_id = identifiers.identifier_id
    left join {{ ref('identifier_types') }} as types
        on identifiers.identifier_type = types.identifier_type
    where {{ is_touched('resolved.customer_id', 'int_customers_touched') }}
    group by resolved.customer_id

),

behaviour as (

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

touchpoints as (

    select
        customer_id,
        {{ min_by('channel', '(touched_at, touchpoint_id)') }} as first_channel,
        {{ max_by('channel', '(touched_at, touchpoint_id)') }} as last_channel,
        count(case when touchpoint_kind = 'session' then 1 end) as session_count
    from {{ ref('int_touchpoints_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
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

-- what a partner told, and for a time only, stays in customer_attributes
profile as (

    select
        customer_id,
        {{ pivoted('attribute', 'attribute_value', attributes) }}
    from {{ ref('customer_attributes') }}
    where valid_until is null and {{ is_touched('customer_id', 'int_customers_touched') }}
    group by customer_id

),

customers as (

    select
        identities.customer_id,
        identities.is_identified,
        identities.identifier_count,
        identities.first_seen_at,
        identities.last_seen_at,
        profile.gender,
        {{ whole_number('profile.birth_year') }} as birth_year,
        profile.province,
        profile.city,
        profile.level as member_level,
        {{ whole_number('profile.points') }} as points,
        try_cast(substr(profile.member_since, 1, 10) as date) as member_since,
        profile.company,
        profile.job_title,
        profile.industry,
        touchpoints.first_channel,
        touchpoints.last_channel,
        coalesce(behaviour.event_count, 0) as event_count,
        coalesce(touchpoints.session_count, 0) as session_count,
        behaviour.last_item_view_at,
        coalesce(purchases.order_count, 0) as order_count,
        cast(coalesce(purchases.gross_revenue, 0) as decimal(18, 4)) as gross_revenue,
        cast(coalesce(purchases.refunded_revenue, 0) as decimal(18, 4)) as refunded_revenue,
        cast(coalesce(purchases.net_revenue, 0) as decimal(18, 4)) as net_revenue,
        purchases.first_order_at,
        purchases.last_order_at
    from identities
    left join behaviour on identities.customer_id = behaviour.customer_id
    left join touchpoints on identities.customer_id = touchpoints.customer_id
    left join profile on identities.customer_id = profile.customer_id
    left join purchases on identities.customer_id = purchases.customer_id

)

select * from customers
