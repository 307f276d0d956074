-- One row per customer and the other customer whose share 分享 brought them: a page that was passed
-- on, or the code on a poster 裂变海报.
with counted as (

    select
        event_id,
        customer_id,
        event_type,
        channel,
        occurred_at,
        {{ json_text('properties', 'share_code') }} as share_code,
        case when coalesce(event_type, '') <> 'share' then campaign_id end as code_used,
        {{ json_text('properties', 'shared_by') }} as shared_by
    from {{ ref('events') }}
    where exclusion_reason is null and customer_id <> 'unknown'

),

-- a code is somebody's own: one that several people share is a campaign's
codes as (

    select
        share_code,
        min(customer_id) as sharer_id
    from counted
    where event_type = 'share' and share_code is not null
    group by share_code
    having min(customer_id) = max(customer_id)

),

-- whichever of the ids that the sharer may have had then is known, the strongest first
sharers_named as (

    select
        words.event_id,
        {{ min_by('identifiers.customer_id', 'words.ordinal') }} as sharer_id
    from {{ unnest_words('counted', 'shared_by') }} as words
    inner join {{ ref('customer_identifiers') }} as identifiers
        on cast({{ hash_id('words.word') }} as string) = identifiers.identifier_id
    group by words.event_id

),

arrived as (

    select
        counted.event_id,
        counted.customer_id,
        counted.channel,
        counted.occurred_at,
        codes.share_code,
        coalesce(sharers_named.sharer_id, codes.sharer_id) as sharer_id
    from counted
    left join sharers_named
        on counted.event_id = sharers_named.event_id
    left join codes
        on counted.code_used = codes.share_code

),

brought as (

    select
        customer_id,
        sharer_id,
        {{ min_by('channel', '(occurred_at, event_id)') }} as channel,
        {{ min_by('share_code', '(occurred_at, event_id)') }} as share_code,
        min(occurred_at) as first_arrived_at,
        count(*) as arrival_count
    from arrived
    where sharer_id <> customer_id
    group by customer_id, sharer_id

),

bought as (

    select
        brought.customer_id,
        brought.sharer_id,
        count(*) as order_count,
        sum(orders.net_revenue) as net_revenue
    from brought
    inner join {{ ref('orders') }} as orders
        on brought.customer_id = orders.customer_id and brought.first_arrived_at <= orders.paid_at
    where orders.order_kind = 'sale'
    group by brought.customer_id, brought.sharer_id

),

described as (

    select
        brought.customer_id,
        brought.sharer_id as sharer_customer_id,
        brought.channel,
        brought.share_code,
        brought.first_arrived_at,
        brought.arrival_count,
        customers.first_seen_at >= brought.first_arrived_at as is_new_customer,
        coalesce(bought.order_count, 0) as order_count,
        cast(coalesce(bought.net_revenue, 0) as decimal(18, 4)) as net_revenue
    from brought
    inner join {{ ref('customers') }} as customers
        on brought.customer_id = customers.customer_id
    left join bought
        on brought.customer_id = bought.customer_id and brought.sharer_id = bought.sharer_id

)

select * from described
