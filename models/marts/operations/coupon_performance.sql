-- One row per campaign and batch of coupons: given, claimed, used, and what the orders were worth.
with coupons as (

    select
        *,
        -- what is claimed or used was given, be it without a record
        coalesce(claimed_at, issued_at) as held_at
    from {{ ref('int_coupons_followed') }}

),

-- an order may take several coupons of a batch, and a number be another buyer's in another shop
used_on as (

    select distinct
        coupons.campaign_id,
        coupons.coupon_batch_id,
        orders.order_id,
        orders.gross_revenue,
        orders.net_revenue
    from coupons
    inner join {{ ref('orders') }} as orders
        on
            coupons.source_order_id = orders.source_order_id
            and coupons.customer_id = orders.customer_id
    where
        coupons.redeemed_at is not null and coupons.customer_id <> 'unknown'
        and orders.order_kind = 'sale' and orders.paid_at is not null
        and orders.order_status <> 'cancelled'

),

worth as (

    select
        campaign_id,
        coupon_batch_id,
        count(*) as orders,
        sum(gross_revenue) as gross_revenue,
        sum(net_revenue) as net_revenue
    from used_on
    group by campaign_id, coupon_batch_id

),

counted as (

    select
        campaign_id,
        coupon_batch_id,
        min({{ local_date('coalesce(held_at, redeemed_at)') }}) as first_date,
        count(*) as coupons,
        count(issued_at) as issued,
        count(claimed_at) as claimed,
        count(redeemed_at) as redeemed,
        count(distinct nullif(customer_id, 'unknown')) as people,
        cast(
            coalesce(sum(case when redeemed_at is not null then amount end), 0) as decimal(18, 4)
        ) as discount,
        {{ quantile(
            'case when redeemed_at >= held_at then '
            ~ seconds_between('held_at', 'redeemed_at') ~ ' / 86400.0 end', 0.5
        ) }} as days_to_redeem_median,
        {{ quantile(
            'case when redeemed_at >= held_at then '
            ~ seconds_between('held_at', 'redeemed_at') ~ ' / 86400.0 end', 0.75
        ) }} as days_to_redeem_q3
    from coupons
    group by campaign_id, coupon_batch_id

),

rated as (

    select
        counted.*,
        {{ rate_columns('claim_rate', 'counted.claimed', 'counted.coupons') }},
        {{ rate_columns('redemption_rate', 'counted.redeemed', 'counted.coupons') }},
        coalesce(worth.orders, 0) as orders,
        cast(coalesce(worth.gross_revenue, 0) as decimal(18, 4)) as gross_revenue,
        cast(coalesce(worth.net_revenue, 0) as decimal(18, 4)) as net_revenue,
        cast(worth.net_revenue as double) / nullif(cast(counted.discount as double), 0)
            as revenue_per_discount
    from counted
    left join worth
        on
            counted.campaign_id = worth.campaign_id
            and counted.coupon_batch_id = worth.coupon_batch_id

)

select * from rated
