-- One row per attribution model, conversion type, channel and group of customers: what the channel
-- was credited with. Of aggregated paths nobody knows whose they are.
with grouped as (

    select
        credits.attribution_model,
        credits.conversion_type,
        credits.channel,
        -- whom nobody knows is a customer of their own
        coalesce(
            customers.sample_group,
            {{ sample_group('cast(credits.conversion_id as bigint)') }}
        ) as sample_group,
        credits.conversions,
        credits.revenue
    from {{ ref('touchpoint_credits') }} as credits
    left join {{ ref('int_customers_grouped') }} as customers
        on credits.customer_id = customers.customer_id
    where credits.conversion_type <> 'path'

),

summed as (

    select
        attribution_model,
        conversion_type,
        channel,
        sample_group,
        -- as decimals: a sum of doubles hangs on the order of rows
        sum(cast(conversions as decimal(38, 15))) as conversions,
        sum(cast(revenue as decimal(38, 15))) as revenue
    from grouped
    group by attribution_model, conversion_type, channel, sample_group

)

select * from summed
