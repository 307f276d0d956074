-- One row per lift experiment and attribution model, and one for the effects beside them: what each
-- gave the channel while it ran, beside what the experiment says the channel brought.
with covered as (

    select
        min(performance.performance_date) as first_day,
        {{ local_date('max(data_clock.now_at)') }} as last_day
    from {{ ref('channel_performance') }} as performance
    cross join {{ ref('int_data_clock') }} as data_clock
    where performance.conversions > 0

),

credited as (

    select
        experiments.experiment_id,
        models.attribution_model,
        -- of days that the data do not reach, no model says anything
        case
            when
                max(experiments.starts_on) >= max(covered.first_day)
                and max(experiments.ends_on) <= max(covered.last_day)
                then
                    coalesce(
                        cast(sum(cast(performance.conversions as decimal(38, 15))) as double), 0
                    )
        end as conversions_credited
    from {{ ref('lift_experiments') }} as experiments
    inner join {{ ref('attribution_models') }} as models
        on {{ is_of_type('models.conversion_types', 'experiments.conversion_type') }}
    cross join covered
    left join {{ ref('channel_performance') }} as performance
        on
            models.attribution_model = performance.attribution_model
            and experiments.conversion_type = performance.conversion_type
            and experiments.channel = performance.channel
            and performance.performance_date between experiments.starts_on and experiments.ends_on
    group by experiments.experiment_id, models.attribution_model

),

estimated as (

    select
        experiments.experiment_id,
        'effects' as attribution_model,
        case
            when
                max(experiments.starts_on) >= max(effects.first_day)
                and max(experiments.ends_on) <= max(effects.last_day)
                and max(effects.finding) <> 'too_few_conversions'
                then cast(sum(cast(days.effect_conversions as decimal(38, 15))) as double)
        end as conversions_credited
    from {{ ref('lift_experiments') }} as experiments
    inner join {{ ref('int_effects_newest') }} as effects
        on
            experiments.conversion_type = effects.conversion_type
            and experiments.channel = effects.channel
    left join {{ ref('stg_channel_effects__days') }} as days
        on
            effects.effect_id = days.effect_id
            and days.effect_date between experiments.starts_on and experiments.ends_on
    group by experiments.experiment_id

),

given as (

    select * from credited
    union all
    select * from estimated

),

compared as (

    select
        given.experiment_id,
        given.attribution_model,
        experiments.channel,
        experiments.conversion_type,
        experiments.starts_on,
        experiments.ends_on,
        experiments.incremental_conversions,
        experiments.standard_error,
        given.conversions_credited,
        experiments.incremental_conversions / nullif(given.conversions_credited, 0)
            as calibration_factor,
        abs(given.conversions_credited - experiments.incremental_conversions)
        <= 1.96 * experiments.standard_error as is_within_error
    from given
    inner join {{ ref('lift_experiments') }} as experiments
        on given.experiment_id = experiments.experiment_id

)

select * from compared
