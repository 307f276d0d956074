-- One row per Markov model, conversion type, unit of its level and group of customers left out: the
-- unit's removal effect if the others were all there are.
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

resampled as (

    select
        models.attribution_model,
        measured.conversion_type,
        measured.unit,
        measured.sample_group,
        measured.removal_effect
    from measured
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and measured.level = models.level
            and measured.markov_order = models.markov_order
            and {{ is_of_type('models.conversion_types', 'measured.conversion_type') }}

)

select * from resampled
