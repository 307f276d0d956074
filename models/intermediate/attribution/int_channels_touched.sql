-- One row per conversion type, channel and day of its evaluation: touches of the channel.
with touched as (

    select
        periods.conversion_type,
        touchpoints.channel,
        touchpoints.touch_date,
        touchpoints.touch_date > periods.trained_to as is_held_out,
        count(*) as touches
    from {{ ref('int_evaluation_periods') }} as periods
    inner join {{ ref('touchpoints') }} as touchpoints
        on
            periods.trained_after < touchpoints.touch_date
            and periods.last_date >= touchpoints.touch_date
    group by
        periods.conversion_type, touchpoints.channel, touchpoints.touch_date,
        touchpoints.touch_date > periods.trained_to

)

select * from touched
