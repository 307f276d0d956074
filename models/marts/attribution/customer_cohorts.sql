-- One row per channel that won customers, whether a share brought them, month of their first
-- purchase and month of purchases since: what they came to by then.
with shared as (

    select
        customer_id,
        min(first_arrived_at) as first_arrived_at
    from {{ ref('referrals') }}
    group by customer_id

),

purchases as (

    select
        purchases.*,
        coalesce(shared.first_arrived_at <= purchases.won_at, false) as is_referred
    from {{ ref('int_purchases_by_cohort') }} as purchases
    left join shared
        on purchases.customer_id = shared.customer_id

),

bought as (

    select
        channel,
        is_referred,
        cohort_month,
        purchase_month,
        count(*) as order_count,
        count(distinct customer_id) as buyer_count,
        count(case when conversion_number = 1 then 1 end) as won_count,
        count(case when conversion_number = 2 then 1 end) as returned_count,
        sum(revenue) as revenue,
        max(cost_per_new_customer) as cost_per_new_customer
    from purchases
    group by channel, is_referred, cohort_month, purchase_month

),

months as (

    select distinct purchase_month
    from bought

),

-- a month in which others bought and none of them is a row, too
cohort_months as (

    select distinct
        bought.channel,
        bought.is_referred,
        bought.cohort_month,
        months.purchase_month
    from bought
    inner join months
        on bought.cohort_month <= months.purchase_month

),

added_up as (

    select
        cohort_months.*,
        coalesce(bought.buyer_count, 0) as buyer_count,
        coalesce(bought.order_count, 0) as order_count,
        coalesce(bought.revenue, 0) as revenue,
        sum(bought.won_count) over so_far as customer_count,
        sum(bought.returned_count) over so_far as repeat_customer_count,
        sum(bought.revenue) over so_far as cumulative_revenue,
        max(bought.cost_per_new_customer) over so_far as cost_per_new_customer
    from cohort_months
    left join bought
        on
            cohort_months.channel = bought.channel
            and cohort_months.is_referred = bought.is_referred
            and cohort_months.cohort_month = bought.cohort_month
            and cohort_months.purchase_month = bought.purchase_month
    window so_far as (
        partition by cohort_months.channel, cohort_months.is_referred, cohort_months.cohort_month
        order by cohort_months.purchase_month
    )

),

described as (

    select
        added_up.channel,
        coalesce(channels.name_zh, added_up.channel) as channel_name,
        channels.channel_group,
        added_up.is_referred,
        added_up.cohort_month,
        cast(
            (year(added_up.purchase_month) - year(added_up.cohort_month)) * 12
            + month(added_up.purchase_month) - month(added_up.cohort_month) as bigint
        ) as months_since,
        cast(added_up.customer_count as bigint) as customer_count,
        added_up.buyer_count,
        cast(added_up.repeat_customer_count as bigint) as repeat_customer_count,
        added_up.order_count,
        cast(added_up.revenue as decimal(18, 4)) as revenue,
        cast(added_up.cumulative_revenue as decimal(18, 4)) as cumulative_revenue,
        added_up.repeat_customer_count / cast(nullif(added_up.customer_count, 0) as double)
            as repurchase_rate,
        cast(added_up.cumulative_revenue as double) / nullif(added_up.customer_count, 0)
            as revenue_per_customer,
        added_up.cost_per_new_customer,
        cast(added_up.cumulative_revenue as double) / nullif(added_up.customer_count, 0)
        / nullif(added_up.cost_per_new_customer, 0) as payback_ratio
    from added_up
    left join {{ ref('channels') }} as channels
        on added_up.channel = channels.channel

)

select * from described
