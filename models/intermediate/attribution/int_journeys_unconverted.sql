-- One row per conversion type and customer with a journey since their last conversion, which has
-- not ended in one: the same rule as for conversions, what stands in the window before its end.
with types as (

    select distinct
        conversion_type,
        counts,
        lookback_days
    from {{ ref('int_conversion_types') }}

),

last_conversions as (

    select
        conversion_type,
        customer_id,
        max(converted_at) as last_converted_at
    from {{ ref('int_conversions_numbered') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
    group by conversion_type, customer_id

),

-- what stands in any window and path, whatever the type
touches_ranked as (

    select
        customer_id,
        channel,
        touched_at,
        {{ seconds_between('touched_at', 'max(touched_at) over (partition by customer_id)') }}
            as seconds_before_end,
        row_number() over (
            partition by customer_id order by touched_at desc, touchpoint_id desc
        ) as position_from_end
    from {{ ref('int_touchpoints_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

last_touches as (

    select * from touches_ranked
    where position_from_end <= {{ var('path_max_touchpoints') }}

),

-- who converted once is no new one any more, and who never did cannot do it again
after_last_conversion as (

    select
        types.conversion_type,
        last_touches.customer_id,
        last_touches.channel,
        last_touches.position_from_end
    from last_touches
    cross join types
    left join last_conversions as lasts
        on
            last_touches.customer_id = lasts.customer_id
            and types.conversion_type = lasts.conversion_type
    where
        last_touches.seconds_before_end < types.lookback_days * 86400
        and (
            (types.counts <> 'repeat' and lasts.customer_id is null)
            or (types.counts <> 'new' and last_touches.touched_at > lasts.last_converted_at)
        )

),

unconverted as (

    select
        conversion_type,
        customer_id,
        {{ join_words('channel', ' > ', 'position_from_end desc') }} as path,
        count(*) as path_length
    from after_last_conversion
    group by conversion_type, customer_id

)

select * from unconverted
