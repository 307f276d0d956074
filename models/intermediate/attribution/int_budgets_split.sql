-- One row per attribution model, conversion type, week left out (none: null) and paid channel: the
-- spend of a week where one more yuan brings the same in every channel, the sum being as before. No
-- channel gets less or more than it ever had in a week, for nobody knows its curve there.
with budgets as (

    select
        budget_id,
        cast(sum(cast(spend as decimal(38, 15))) as double) as budget
    from {{ ref('int_budgets_pulled') }}
    group by budget_id

),

-- with every channel at pull times a level, bounded, the sum grows with the level, and evenly
-- between the levels at which one meets a bound
stops as (

    select
        budget_id,
        lowest_spend / pull as level
    from {{ ref('int_budgets_pulled') }}
    union
    select
        budget_id,
        highest_spend / pull as level
    from {{ ref('int_budgets_pulled') }}

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
    inner join {{ ref('int_budgets_pulled') }} as pulled
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
    from {{ ref('int_budgets_pulled') }} as pulled
    inner join levelled
        on pulled.budget_id = levelled.budget_id

)

select * from split
