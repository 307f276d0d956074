-- One row per attribution model, conversion type and paid channel: how a week's spend would be
-- split if the model were right and spend caused what it credits, and how far that may be off.
with suggested as (

    select
        split.attribution_model,
        split.conversion_type,
        split.channel,
        coalesce(channels.name_zh, split.channel) as channel_name,
        split.week_count,
        split.spend as weekly_spend,
        split.conversions as weekly_conversions,
        split.elasticity,
        errors.elasticity_error,
        split.spend / (split.bounded_elasticity * split.conversions) as cost_of_one_more,
        split.lowest_spend,
        split.highest_spend,
        split.suggested_spend,
        split.suggested_spend - split.spend as spend_change,
        errors.interval_factor * errors.spend_change_error as spend_change_off,
        split.conversions
        * (power(split.suggested_spend / split.spend, split.bounded_elasticity) - 1)
            as conversions_change,
        errors.interval_factor * errors.conversions_change_error as conversions_change_off,
        -- spend that hardly varies, or varies with something else, tells no curve
        split.elasticity - errors.interval_factor * errors.elasticity_error > 0
            as is_curve_known
    from {{ ref('int_budgets_split') }} as split
    left join {{ ref('int_budget_errors') }} as errors
        on
            split.attribution_model = errors.attribution_model
            and split.conversion_type = errors.conversion_type
            and split.channel = errors.channel
    left join {{ ref('channels') }} as channels
        on split.channel = channels.channel
    where split.week_left_out is null

),

found as (

    select
        attribution_model,
        conversion_type,
        channel,
        channel_name,
        week_count,
        weekly_spend,
        weekly_conversions,
        elasticity,
        elasticity_error,
        case when is_curve_known then cost_of_one_more end as cost_of_one_more,
        lowest_spend,
        highest_spend,
        case when is_curve_known then suggested_spend end as suggested_spend,
        case
            when is_curve_known
                then greatest(lowest_spend, weekly_spend + spend_change - spend_change_off)
        end as suggested_spend_low,
        case
            when is_curve_known
                then least(highest_spend, weekly_spend + spend_change + spend_change_off)
        end as suggested_spend_high,
        case when is_curve_known then conversions_change end as conversions_change,
        case when is_curve_known then conversions_change - conversions_change_off end
            as conversions_change_low,
        case when is_curve_known then conversions_change + conversions_change_off end
            as conversions_change_high,
        case
            when not coalesce(is_curve_known, false) then 'curve_unknown'
            when spend_change > spend_change_off then 'raise'
            when spend_change < -spend_change_off then 'lower'
            else 'keep'
        end as finding
    from suggested

)

select * from found
