-- One row per attribution model, channel and day: what the channel was credited with and cost, and
-- what it would be credited with if customers who are likely one person were one.
with ledger as (

    select
        attribution_model,
        channel,
        conversion_date as performance_date,
        conversions,
        revenue,
        cast(0 as double) as likely_conversions,
        cast(0 as double) as likely_revenue
    from {{ ref('touchpoint_credits') }}
    union all
    select
        credits.attribution_model,
        credits.channel,
        credits.conversion_date as performance_date,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        credits.conversions as likely_conversions,
        credits.revenue as likely_revenue
    from {{ ref('touchpoint_credits') }} as credits
    left join {{ ref('int_customers_joined') }} as joined
        on credits.customer_id = joined.customer_id
    where joined.customer_id is null
    union all
    select
        attribution_model,
        channel,
        conversion_date as performance_date,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        conversions as likely_conversions,
        revenue as likely_revenue
    from {{ ref('int_credits_if_joined') }}

),

credited as (

    select
        attribution_model,
        channel,
        performance_date,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(38, 15))) as double) as conversions,
        cast(sum(cast(revenue as decimal(38, 15))) as double) as revenue,
        cast(sum(cast(likely_conversions as decimal(38, 15))) as double) as likely_conversions,
        cast(sum(cast(likely_revenue as decimal(38, 15))) as double) as likely_revenue
    from ledger
    group by attribution_model, channel, performance_date

),

spent as (

    select
        channel,
        spend_date as performance_date,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from {{ ref('ad_performance') }}
    group by channel, spend_date

),

spent_by_model as (

    select
        models.attribution_model,
        spent.*
    from spent
    cross join {{ ref('attribution_models') }} as models

),

performed as (

    select
        coalesce(credited.attribution_model, spent.attribution_model) as attribution_model,
        coalesce(credited.channel, spent.channel) as channel,
        coalesce(credited.performance_date, spent.performance_date) as performance_date,
        coalesce(credited.conversions, 0) as conversions,
        coalesce(credited.revenue, 0) as revenue,
        coalesce(credited.likely_conversions, 0) as likely_conversions,
        coalesce(credited.likely_revenue, 0) as likely_revenue,
        cast(coalesce(spent.spend, 0) as decimal(18, 4)) as spend,
        cast(coalesce(spent.impressions, 0) as bigint) as impressions,
        cast(coalesce(spent.clicks, 0) as bigint) as clicks
    from credited
    full outer join spent_by_model as spent
        on
            credited.attribution_model = spent.attribution_model
            and credited.channel = spent.channel
            and credited.performance_date = spent.performance_date

),

named as (

    select
        performed.attribution_model,
        performed.channel,
        coalesce(channels.name_zh, performed.channel) as channel_name,
        channels.channel_group,
        performed.performance_date,
        performed.conversions,
        performed.revenue,
        -- what a model that is no rule would say of them would take all paths
        case when models.kind = 'rule' then performed.likely_conversions end as likely_conversions,
        case when models.kind = 'rule' then performed.likely_revenue end as likely_revenue,
        performed.spend,
        performed.impressions,
        performed.clicks,
        cast(performed.spend as double) / nullif(performed.conversions, 0) as cost_per_conversion,
        performed.revenue / nullif(cast(performed.spend as double), 0) as roas
    from performed
    left join {{ ref('channels') }} as channels
        on performed.channel = channels.channel
    left join {{ ref('attribution_models') }} as models
        on performed.attribution_model = models.attribution_model

)

select * from named
