-- One row per attribution model, conversion type and day of the last weeks: how many conversions
-- were to be expected if a touch of each channel earns what the model credited it with before.
-- What no touch of those days earned is expected every day, the rest by touches.
with unattributed as (

    select
        trained.attribution_model,
        trained.conversion_type,
        cast(sum(trained.conversions) as double) / periods.trained_days as a_day,
        cast(
            sum(case when trained.touches is null then trained.conversions else 0 end) as double
        ) / periods.trained_days as unattributed_a_day
    from {{ ref('int_channels_trained') }} as trained
    inner join {{ ref('int_evaluation_periods') }} as periods
        on trained.conversion_type = periods.conversion_type
    group by trained.attribution_model, trained.conversion_type, periods.trained_days

),

earned as (

    select
        trained.attribution_model,
        trained.conversion_type,
        touched.touch_date as held_out_date,
        cast(
            sum(
                cast(
                    touched.touches * cast(trained.conversions as double) / trained.touches
                    as decimal(38, 15)
                )
            )
            as double
        ) as conversions
    from {{ ref('int_channels_trained') }} as trained
    inner join {{ ref('int_channels_touched') }} as touched
        on
            trained.conversion_type = touched.conversion_type
            and trained.channel = touched.channel
            and touched.is_held_out
    where trained.touches is not null
    group by trained.attribution_model, trained.conversion_type, touched.touch_date

),

happened as (

    select
        conversion_type,
        conversion_date,
        count(*) as conversions
    from {{ ref('conversions') }}
    group by conversion_type, conversion_date

),

days as (

    select
        conversion_type,
        touch_date as held_out_date
    from {{ ref('int_channels_touched') }}
    where is_held_out
    union
    select
        happened.conversion_type,
        happened.conversion_date as held_out_date
    from happened
    inner join {{ ref('int_evaluation_periods') }} as periods
        on
            happened.conversion_type = periods.conversion_type
            and happened.conversion_date > periods.trained_to

),

predicted as (

    select
        unattributed.attribution_model,
        unattributed.conversion_type,
        days.held_out_date,
        coalesce(happened.conversions, 0) as conversions,
        coalesce(earned.conversions, 0) + unattributed.unattributed_a_day as conversions_predicted,
        unattributed.a_day as conversions_of_average_day
    from unattributed
    inner join days
        on unattributed.conversion_type = days.conversion_type
    left join earned
        on
            unattributed.attribution_model = earned.attribution_model
            and unattributed.conversion_type = earned.conversion_type
            and days.held_out_date = earned.held_out_date
    left join happened
        on
            days.conversion_type = happened.conversion_type
            and days.held_out_date = happened.conversion_date

)

select * from predicted
