{% set known -%}
    case when coupons.customer_id <> 'unknown' then (coupons.occurred_at, coupons.event_id) end
{%- endset %}

-- One row per coupon: when it was issued, claimed and redeemed, by whom, and on which order.
with coupons as (

    select
        event_id,
        customer_id,
        event_type,
        channel,
        campaign_id,
        -- a platform that numbers no coupons tells of one at a time
        coalesce({{ json_text('properties', 'coupon_id') }}, event_id) as coupon_id,
        {{ json_text('properties', 'coupon_batch_id') }} as coupon_batch_id,
        try_cast({{ json_text('properties', 'amount') }} as decimal(18, 4)) as amount,
        source,
        source_order_id,
        occurred_at
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and event_type in ('coupon_issue', 'coupon_claim', 'coupon_redeem')

),

followed as (

    select
        coupons.source,
        coupons.coupon_id,
        coalesce(min(coupons.campaign_id), '(none)') as campaign_id,
        coalesce(min(coupons.coupon_batch_id), '(none)') as coupon_batch_id,
        max(coupons.amount) as amount,
        min(case when coupons.event_type = 'coupon_issue' then coupons.occurred_at end)
            as issued_at,
        min(case when coupons.event_type = 'coupon_claim' then coupons.occurred_at end)
            as claimed_at,
        min(case when coupons.event_type = 'coupon_redeem' then coupons.occurred_at end)
            as redeemed_at,
        -- a till need not ask who uses it
        coalesce({{ max_by('coupons.customer_id', known) }}, 'unknown') as customer_id,
        max(case when coupons.event_type = 'coupon_redeem' then coupons.source_order_id end)
            as source_order_id
    from coupons
    group by coupons.source, coupons.coupon_id

)

select * from followed
