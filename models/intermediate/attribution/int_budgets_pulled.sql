-- One row per attribution model, conversion type, week left out (none: null) and paid channel that
-- ran in enough weeks: how strongly it pulls spend to it, and what it ever had in a week.
with ranges as (

    select
        attribution_model,
        conversion_type,
        channel,
        min(spend) as lowest_spend,
        max(spend) as highest_spend
    from {{ ref('int_spend_weeks') }}
    group by attribution_model, conversion_type, channel

),

pulled as (

    select
        {{ hash_id(
            "curves.attribution_model || '|' || curves.conversion_type || '|' "
            ~ "|| coalesce(cast(curves.week_left_out as string), '')"
        ) }} as budget_id,
        curves.*,
        ranges.lowest_spend,
        ranges.highest_spend,
        -- one more yuan brings the same where spend is in proportion to this
        power(
            curves.conversions / power(curves.spend, curves.bounded_elasticity),
            1 / (1 - curves.bounded_elasticity)
        ) as pull
    from {{ ref('int_spend_curves') }} as curves
    inner join ranges
        on
            curves.attribution_model = ranges.attribution_model
            and curves.conversion_type = ranges.conversion_type
            and curves.channel = ranges.channel
    -- of a channel that hardly ran nobody knows what more of it would bring: it stays out
    where
        curves.conversions > 0
        and curves.week_count
        >= {{ var('budget_min_weeks') }} - case when curves.week_left_out is null then 0 else 1 end

)

select * from pulled
