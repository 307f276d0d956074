-- One row per attribution model, conversion type, channel and day: what the channel cost and was
-- credited with, and would be if customers who are likely one person were one.
with spent as (

    select
        channel,
        spend_date as performance_date,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from {{ ref('ad_performance') }}
    group by channel, spend_date

),

credited as (

    select * from {{ ref('int_channel_credits_summed') }}

),

-- where nothing of a type happened its spend says nothing; of purchases that is bad news
types as (

    select distinct conversion_type
    from credited
    where performance_date is not null
    union
    select 'purchase' as conversion_type

),

spent_by_model as (

    select
        models.attribution_model,
        types.conversion_type,
        spent.*
    from spent
    cross join types
    inner join {{ ref('attribution_models') }} as models
        on {{ is_of_type('models.conversion_types', 'types.conversion_type') }}

),

performed as (

    select
        coalesce(credited.attribution_model, spent.attribution_model) as attribution_model,
        coalesce(credited.conversion_type, spent.conversion_type) as conversion_type,
        coalesce(credited.channel, spent.channel) as channel,
        coalesce(credited.performance_date, spent.performance_date) as performance_date,
        coalesce(credited.conversions, 0) as conversions,
        coalesce(credited.new_customers, 0) as new_customers,
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
            and credited.conversion_type = spent.conversion_type
            and credited.channel = spent.channel
            and credited.performance_date = spent.performance_date

),

named as (

    select
        performed.attribution_model,
        performed.conversion_type,
        performed.channel,
        coalesce(channels.name_zh, performed.channel) as channel_name,
        channels.channel_group,
        performed.performance_date,
        performed.conversions,
        performed.new_customers,
        performed.revenue,
        -- what a model that is no rule would say of them would take all paths
        case when models.kind = 'rule' then performed.likely_conversions end as likely_conversions,
        case when models.kind = 'rule' then performed.likely_revenue end as likely_revenue,
        performed.spend,
        performed.impressions,
        performed.clicks,
        cast(performed.spend as double) / nullif(performed.conversions, 0) as cost_per_conversion,
        cast(performed.spend as double) / nullif(performed.new_customers, 0)
            as cost_per_new_customer,
        performed.revenue / nullif(cast(performed.spend as double), 0) as roas
    from performed
    left join {{ ref('channels') }} as channels
        on performed.channel = channels.channel
    left join {{ ref('attribution_models') }} as models
        on performed.attribution_model = models.attribution_model

)

select * from named
