-- One row per customer with a journey since their last conversion, which has not ended in one: the
-- same rule as for conversions, what stands in the window before its end.
with last_conversions as (

    select
        customer_id,
        max(converted_at) as last_converted_at
    from {{ ref('int_conversions_identified') }}
    group by customer_id

),

after_last_conversion as (

    select
        touchpoints.*,
        max(touchpoints.touched_at) over (partition by touchpoints.customer_id) as ended_at
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    left join last_conversions
        on touchpoints.customer_id = last_conversions.customer_id
    where
        last_conversions.last_converted_at is null
        or touchpoints.touched_at > last_conversions.last_converted_at

),

unconverted_ranked as (

    select
        *,
        row_number() over (
            partition by customer_id order by touched_at desc, touchpoint_id desc
        ) as position_from_end
    from after_last_conversion
    where touched_at > ended_at - interval {{ var('attribution_lookback_days') }} day

),

unconverted as (

    select
        customer_id,
        {{ join_words('channel', ' > ', 'position_from_end desc') }} as path,
        count(*) as path_length
    from unconverted_ranked
    where position_from_end <= {{ var('path_max_touchpoints') }}
    group by customer_id

)

select * from unconverted
