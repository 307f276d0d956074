-- One row per conversion type and channel of the first touch, or all of them: how long it was, and
-- how many touches, from there to the conversion.
with first_touches as (

    select
        conversions.conversion_id,
        conversions.conversion_type,
        coalesce(touchpoints.channel, '(none)') as first_channel,
        touchpoints.hours_before / 24.0 as days,
        touchpoints.path_length as touches
    from {{ ref('int_conversions_identified') }} as conversions
    left join {{ ref('int_touchpoints_sequenced') }} as touchpoints
        on
            conversions.conversion_id = touchpoints.conversion_id
            and touchpoints.touch_position = 1

),

spined as (

    select * from first_touches
    union all
    select
        conversion_id,
        conversion_type,
        '(all)' as first_channel,
        days,
        touches
    from first_touches

),

measured as (

    select
        spined.conversion_type,
        spined.first_channel,
        coalesce(max(channels.name_zh), spined.first_channel) as first_channel_name,
        count(*) as conversions,
        count(spined.days) as touched_conversions,
        {{ quantile('spined.days', 0.25) }} as days_q1,
        {{ quantile('spined.days', 0.5) }} as days_median,
        {{ quantile('spined.days', 0.75) }} as days_q3,
        {{ quantile('spined.touches', 0.25) }} as touches_q1,
        {{ quantile('spined.touches', 0.5) }} as touches_median,
        {{ quantile('spined.touches', 0.75) }} as touches_q3
    from spined
    left join {{ ref('channels') }} as channels
        on spined.first_channel = channels.channel
    group by spined.conversion_type, spined.first_channel

)

select * from measured
