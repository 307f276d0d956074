-- One row per attribution model, conversion type, channel and day of conversions: what the channel
-- was credited with, and would be if customers who are likely one person were one.
with joined as (

    select distinct customer_id from {{ ref('int_customers_joined') }}

),

ledger as (

    select
        credits.attribution_model,
        credits.conversion_type,
        credits.channel,
        credits.conversion_date as performance_date,
        credits.conversions,
        case when credits.is_first_of_customer then credits.conversions else 0 end
            as new_customers,
        credits.revenue,
        case when joined.customer_id is null then credits.conversions else 0 end
            as likely_conversions,
        case when joined.customer_id is null then credits.revenue else 0 end as likely_revenue
    from {{ ref('touchpoint_credits') }} as credits
    left join joined
        on credits.customer_id = joined.customer_id
    union all
    select
        attribution_model,
        conversion_type,
        channel,
        conversion_date as performance_date,
        cast(0 as double) as conversions,
        cast(0 as double) as new_customers,
        cast(0 as double) as revenue,
        conversions as likely_conversions,
        revenue as likely_revenue
    from {{ ref('int_credits_if_joined') }}

),

credited as (

    select
        attribution_model,
        conversion_type,
        channel,
        performance_date,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(38, 15))) as double) as conversions,
        cast(sum(cast(new_customers as decimal(38, 15))) as double) as new_customers,
        cast(sum(cast(revenue as decimal(38, 15))) as double) as revenue,
        cast(sum(cast(likely_conversions as decimal(38, 15))) as double) as likely_conversions,
        cast(sum(cast(likely_revenue as decimal(38, 15))) as double) as likely_revenue
    from ledger
    group by attribution_model, conversion_type, channel, performance_date

)

select * from credited
