-- One row per customer who bought or did anything of late: how recently, how often, for how much,
-- each beside all buyers, and how active they are.
with clock as (

    select as_of_date
    from {{ ref('int_score_dates') }}
    where snapshot_number = 0

),

bought as (

    select
        days.customer_id,
        min(case when days.order_count > 0 then days.purchase_date end) as first_order_date,
        max(case when days.order_count > 0 then days.purchase_date end) as last_order_date,
        cast(sum(days.order_count) as bigint) as order_count,
        cast(sum(days.net_revenue) as decimal(18, 4)) as net_revenue
    from {{ ref('int_purchase_days') }} as days
    inner join clock
        on days.purchase_date <= clock.as_of_date
    group by days.customer_id
    having sum(days.order_count) > 0

),

ranked as (

    select
        *,
        rank() over (order by last_order_date) - 1 as less_recent,
        rank() over (order by order_count) - 1 as less_often,
        rank() over (order by net_revenue) - 1 as less_money,
        count(*) over () as buyers
    from bought

),

-- who is like another has the same score: equal values are never parted, whoever they are
scored as (

    select
        *,
        {{ fifth_of('less_recent', 'buyers') }} as recency_score,
        {{ fifth_of('less_often', 'buyers') }} as frequency_score,
        {{ fifth_of('less_money', 'buyers') }} as monetary_score
    from ranked

),

tiered as (

    select
        scored.*,
        tiers.tier,
        tiers.name_zh as tier_name
    from scored
    left join {{ ref('rfm_tiers') }} as tiers
        on
            scored.recency_score between tiers.recency_from and tiers.recency_to
            and scored.frequency_score between tiers.frequency_from and tiers.frequency_to
            and scored.monetary_score between tiers.monetary_from and tiers.monetary_to

),

described as (

    select
        coalesce(tiered.customer_id, active.customer_id) as customer_id,
        clock.as_of_date,
        tiered.first_order_date,
        tiered.last_order_date,
        cast({{ days_between('tiered.last_order_date', 'clock.as_of_date') }} as bigint)
            as recency_days,
        coalesce(tiered.order_count, 0) as order_count,
        cast(coalesce(tiered.net_revenue, 0) as decimal(18, 4)) as net_revenue,
        tiered.recency_score,
        tiered.frequency_score,
        tiered.monetary_score,
        tiered.tier,
        tiered.tier_name,
        coalesce(active.breadth, 0) as activity_breadth,
        cast(coalesce(active.depth, 0) as double) as activity_depth,
        cast(coalesce(active.breadth * active.depth, 0) as double) as activity_score
    from tiered
    full outer join {{ ref('int_customers_active') }} as active
        on tiered.customer_id = active.customer_id
    cross join clock

)

select * from described
