-- One row per customer who has bought: what BG/NBD and Gamma-Gamma read of it, at the end of the
-- data.
with bought as (

    select
        days.customer_id,
        dates.as_of_date,
        days.purchase_date,
        days.order_count,
        days.net_revenue,
        min(case when days.order_count > 0 then days.purchase_date end)
            over (partition by days.customer_id) as first_order_date
    from {{ ref('int_purchase_days') }} as days
    inner join {{ ref('int_score_dates') }} as dates
        on days.purchase_date <= dates.as_of_date
    where dates.snapshot_number = 0

),

-- orders of one day are one purchase
counted as (

    select
        customer_id,
        as_of_date,
        first_order_date,
        max(case when order_count > 0 then purchase_date end) as last_order_date,
        count(case when order_count > 0 then 1 end) - 1 as repeat_purchases,
        sum(case when purchase_date > first_order_date then net_revenue else 0 end)
            as repeat_revenue
    from bought
    where first_order_date is not null
    group by customer_id, as_of_date, first_order_date

),

timed as (

    select
        *,
        cast({{ days_between('first_order_date', 'last_order_date') }} as bigint)
            as days_to_last_purchase,
        cast({{ days_between('first_order_date', 'as_of_date') }} as bigint) as days_observed,
        cast(
            greatest(repeat_revenue, 0) / cast(nullif(repeat_purchases, 0) as double) as double
        ) as repeat_value
    from counted

)

select * from timed
