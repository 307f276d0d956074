-- One row per attribution model, conversion type, paid channel and whole week (from Monday): what
-- it cost, and what it was credited with.
with days as (

    select
        performance.attribution_model,
        performance.conversion_type,
        performance.channel,
        performance.performance_date,
        cast(date_trunc('week', performance.performance_date) as date) as week_start,
        performance.spend,
        performance.conversions,
        min(performance.performance_date) over (of_model) as first_date,
        max(performance.performance_date) over (of_model) as last_date
    from {{ ref('channel_performance') }} as performance
    inner join {{ ref('channels') }} as channels
        on performance.channel = channels.channel and channels.is_paid
    where performance.performance_date is not null
    window of_model as (
        partition by performance.attribution_model, performance.conversion_type
    )

),

weeks as (

    select
        attribution_model,
        conversion_type,
        channel,
        week_start,
        cast(sum(spend) as double) as spend,
        cast(sum(cast(conversions as decimal(38, 15))) as double) as conversions
    from days
    -- half a week would look like a cheap one
    where
        week_start >= first_date
        and cast(week_start + interval 6 day as date) <= last_date
    group by attribution_model, conversion_type, channel, week_start

)

select * from weeks
where spend > 0
