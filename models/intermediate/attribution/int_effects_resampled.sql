-- One row per Markov model, conversion type, unit of its level and group of customers left out: the
-- unit's removal effect if the others were all, and what it would be credited with if they were as
-- many as all are.
with converted as (

    select
        conversion_type,
        sample_group,
        sum(conversions) as conversions
    from {{ ref('int_paths_grouped') }}
    where level = 'channel'
    group by conversion_type, sample_group

),

totals as (

    select
        conversion_type,
        sum(conversions) as conversions
    from converted
    group by conversion_type

),

removals as (

    select
        *,
        max(case when removed_channel is null then converted end) over (
            partition by conversion_type, level, markov_order, sample_group
        ) as converted_by_all
    from {{ ref('int_removals_resampled') }}

),

measured as (

    select
        removals.conversion_type,
        removals.level,
        removals.markov_order,
        removals.sample_group,
        removals.removed_channel as unit,
        cast(totals.conversions - coalesce(converted.conversions, 0) as double)
        * removals.group_count / (removals.group_count - 1) as conversions,
        -- a unit that is gone with the group has no effect; nor has any where no conversion is
        -- left
        case
            when
                totals.conversions > coalesce(converted.conversions, 0)
                and removals.converted < removals.converted_by_all
                and removals.converted_by_all > 0
                then 1 - removals.converted / removals.converted_by_all
            else 0
        end as removal_effect
    from removals
    inner join totals
        on removals.conversion_type = totals.conversion_type
    left join converted
        on
            removals.conversion_type = converted.conversion_type
            and removals.sample_group = converted.sample_group
    where removals.removed_channel is not null and totals.conversions > 0

),

summed as (

    select
        *,
        cast(sum(cast(removal_effect as decimal(38, 18))) over (chain) as double) as all_effects
    from measured
    window chain as (partition by conversion_type, level, markov_order, sample_group)

),

resampled as (

    select
        models.attribution_model,
        summed.conversion_type,
        summed.unit,
        coalesce(units.channel, summed.unit) as channel,
        summed.sample_group,
        summed.removal_effect,
        coalesce(summed.removal_effect / nullif(summed.all_effects, 0), 0) * summed.conversions
            as conversions,
        summed.removal_effect / nullif(summed.all_effects, 0) as credit_share
    from summed
    inner join {{ ref('attribution_models') }} as models
        on
            summed.level = models.level
            and summed.markov_order = models.markov_order
            and {{ is_of_type('models.conversion_types', 'summed.conversion_type') }}
    left join {{ ref('int_units_known') }} as units
        on
            summed.level = units.level
            and summed.unit = units.unit

)

select * from resampled
