-- One row per attribution model, conversion type and channel: what it was credited with in the days
-- that models are taken of, and how often it touched then (never: null).
with trained as (

    select
        conversion_type,
        channel,
        sum(touches) as touches
    from {{ ref('int_channels_touched') }}
    where not is_held_out
    group by conversion_type, channel

),

credited as (

    select
        credits.attribution_model,
        credits.conversion_type,
        credits.channel,
        sum(cast(credits.conversions as decimal(38, 15))) as conversions
    from {{ ref('touchpoint_credits') }} as credits
    inner join {{ ref('int_evaluation_periods') }} as periods
        on
            credits.conversion_type = periods.conversion_type
            and credits.conversion_date > periods.trained_after
            and credits.conversion_date <= periods.trained_to
    group by credits.attribution_model, credits.conversion_type, credits.channel

),

earned as (

    select
        credited.attribution_model,
        credited.conversion_type,
        credited.channel,
        credited.conversions,
        trained.touches
    from credited
    left join trained
        on
            credited.conversion_type = trained.conversion_type
            and credited.channel = trained.channel

)

select * from earned
