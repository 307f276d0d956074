-- One row per attribution model, conversion type, paid channel and whole week (from Monday): what
-- it cost, and what it was credited with. Of channels that ever cost anything.
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

-- half a week would look like a cheap one
whole as (

    select * from days
    where week_start >= first_date and cast(week_start + interval 6 day as date) <= last_date

),

weeks as (

    select distinct
        attribution_model,
        conversion_type,
        week_start
    from whole

),

paid as (

    select
        attribution_model,
        conversion_type,
        channel
    from whole
    group by attribution_model, conversion_type, channel
    having sum(spend) > 0

),

-- a week without a row of the channel cost nothing
summed as (

    select
        paid.attribution_model,
        paid.conversion_type,
        paid.channel,
        weeks.week_start,
        cast(coalesce(sum(whole.spend), 0) as double) as spend,
        cast(coalesce(sum(cast(whole.conversions as decimal(38, 15))), 0) as double) as conversions
    from paid
    inner join weeks
        on
            paid.attribution_model = weeks.attribution_model
            and paid.conversion_type = weeks.conversion_type
    left join whole
        on
            paid.attribution_model = whole.attribution_model
            and paid.conversion_type = whole.conversion_type
            and paid.channel = whole.channel
            and weeks.week_start = whole.week_start
    group by paid.attribution_model, paid.conversion_type, paid.channel, weeks.week_start

)

select * from summed
