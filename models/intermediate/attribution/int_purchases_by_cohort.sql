-- One row per purchase of a known customer: its month, and when and by which channel their first
-- one came about, and what the channel cost for each new customer of that month.
with purchases as (

    select
        conversion_id,
        customer_id,
        conversion_number,
        converted_at,
        cast(date_trunc('month', conversion_date) as date) as purchase_month,
        coalesce(first_channel, 'unattributed') as first_channel,
        cast(revenue as decimal(18, 4)) as revenue
    from {{ ref('conversions') }}
    where conversion_type = 'purchase' and customer_id <> 'unknown'

),

with_firsts as (

    select
        *,
        first_value(first_channel) over in_order as channel,
        first_value(converted_at) over in_order as won_at,
        first_value(purchase_month) over in_order as cohort_month
    from purchases
    window in_order as (partition by customer_id order by conversion_number)

),

spent as (

    select
        channel,
        cast(date_trunc('month', spend_date) as date) as spend_month,
        sum(spend) as spend
    from {{ ref('int_ad_performance_counted') }}
    group by channel, cast(date_trunc('month', spend_date) as date)

),

priced as (

    select
        with_firsts.*,
        cast(spent.spend as double) / sum(
            case when with_firsts.conversion_number = 1 then 1 end
        ) over (
            partition by with_firsts.channel, with_firsts.cohort_month
        ) as cost_per_new_customer
    from with_firsts
    left join spent
        on with_firsts.channel = spent.channel and with_firsts.cohort_month = spent.spend_month

)

select * from priced
