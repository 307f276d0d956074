-- One row per attribution model, conversion type, week left out (none: null) and paid channel: the
-- spend of a week where one more yuan brings the same in every channel, the sum being as before. No
-- channel gets less or more than it ever had in a week, for nobody knows its curve there.
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

),

budgets as (

    select
        budget_id,
        cast(sum(cast(spend as decimal(38, 15))) as double) as budget
    from pulled
    group by budget_id

),

-- with every channel at pull times a level, bounded, the sum grows with the level, and evenly
-- between the levels at which one meets a bound
stops as (

    select
        budget_id,
        lowest_spend / pull as level
    from pulled
    union
    select
        budget_id,
        highest_spend / pull as level
    from pulled

),

spent as (

    select
        stops.budget_id,
        stops.level,
        cast(
            sum(
                cast(
                    least(
                        greatest(stops.level * pulled.pull, pulled.lowest_spend),
                        pulled.highest_spend
                    )
                    as decimal(38, 15)
                )
            )
            as double
        ) as spend
    from stops
    inner join pulled
        on stops.budget_id = pulled.budget_id
    group by stops.budget_id, stops.level

),

around as (

    select
        spent.budget_id,
        budgets.budget,
        max(case when spent.spend <= budgets.budget then spent.level end) as level_below,
        max(case when spent.spend <= budgets.budget then spent.spend end) as spend_below,
        min(case when spent.spend >= budgets.budget then spent.level end) as level_above,
        min(case when spent.spend >= budgets.budget then spent.spend end) as spend_above
    from spent
    inner join budgets
        on spent.budget_id = budgets.budget_id
    group by spent.budget_id, budgets.budget

),

levelled as (

    select
        budget_id,
        case
            when spend_above > spend_below
                then
                    level_below
                    + (level_above - level_below)
                    * (budget - spend_below) / (spend_above - spend_below)
            else coalesce(level_below, level_above)
        end as level
    from around

),

split as (

    select
        pulled.attribution_model,
        pulled.conversion_type,
        pulled.week_left_out,
        pulled.channel,
        pulled.week_count,
        pulled.elasticity,
        pulled.bounded_elasticity,
        pulled.spend,
        pulled.conversions,
        pulled.lowest_spend,
        pulled.highest_spend,
        least(
            greatest(levelled.level * pulled.pull, pulled.lowest_spend), pulled.highest_spend
        ) as suggested_spend
    from pulled
    inner join levelled
        on pulled.budget_id = levelled.budget_id

)

select * from split
