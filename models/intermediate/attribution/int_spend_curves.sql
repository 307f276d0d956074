-- One row per attribution model, conversion type, week left out (none: null) and paid channel: the
-- curve of what a week's spend brings, conversions = scale * spend ^ elasticity. The elasticity is
-- that of all channels together, of their weeks beside each other; channels differ in scale.
with left_out as (

    select
        conversion_type,
        attribution_model,
        week_start as week_left_out
    from {{ ref('int_spend_weeks') }}
    union
    select
        conversion_type,
        attribution_model,
        cast(null as date) as week_left_out
    from {{ ref('int_spend_weeks') }}

),

kept as (

    select
        weeks.*,
        left_out.week_left_out,
        case when weeks.spend > 0 and weeks.conversions > 0 then ln(weeks.spend) end as log_spend,
        case when weeks.spend > 0 and weeks.conversions > 0 then ln(weeks.conversions) end
            as log_conversions
    from {{ ref('int_spend_weeks') }} as weeks
    inner join left_out
        on
            weeks.attribution_model = left_out.attribution_model
            and weeks.conversion_type = left_out.conversion_type
            and weeks.week_start is distinct from left_out.week_left_out

),

centred as (

    select
        *,
        {{ off_mean('log_spend', 'of_channel') }} as log_spend_off,
        {{ off_mean('log_conversions', 'of_channel') }} as log_conversions_off
    from kept
    window of_channel as (
        partition by attribution_model, conversion_type, week_left_out, channel
    )

),

sloped as (

    select
        attribution_model,
        conversion_type,
        week_left_out,
        cast(sum(cast(log_spend_off * log_conversions_off as decimal(38, 18))) as double)
        / nullif(cast(sum(cast(log_spend_off * log_spend_off as decimal(38, 18))) as double), 0)
            as elasticity
    from centred
    group by attribution_model, conversion_type, week_left_out

),

averaged as (

    select
        attribution_model,
        conversion_type,
        week_left_out,
        channel,
        count(case when spend > 0 then 1 end) as week_count,
        cast(sum(cast(spend as decimal(38, 15))) as double) / count(*) as spend,
        cast(sum(cast(conversions as decimal(38, 15))) as double) / count(*) as conversions
    from kept
    group by attribution_model, conversion_type, week_left_out, channel

),

curves as (

    select
        averaged.*,
        sloped.elasticity,
        -- a curve that falls or never bends would give one channel everything
        least(greatest(sloped.elasticity, 0.05), {{ var('budget_max_elasticity') }})
            as bounded_elasticity
    from averaged
    inner join sloped
        on
            averaged.attribution_model = sloped.attribution_model
            and averaged.conversion_type = sloped.conversion_type
            and averaged.week_left_out is not distinct from sloped.week_left_out

)

select * from curves
where elasticity is not null
