{#
    Steps of a query: `since_conversion`, one row per conversion type, customer and touchpoint of the
    journey since their last conversion, which has not ended in one: the same rule as for conversions,
    what stands in the window before its end. Of earlier steps `touches` (customer_id, touchpoint_id,
    channel, touched_at), `conversions` (conversion_type, customer_id, converted_at) and `types`
    (conversion_type, counts, lookback_days), one row a type.
#}
{% macro touches_since_conversion(touches, conversions, types) -%}
last_conversions as (

    select
        conversion_type,
        customer_id,
        max(converted_at) as last_converted_at
    from {{ conversions }}
    group by conversion_type, customer_id

),

-- what stands in any window and path, whatever the type
touches_ranked as (

    select
        *,
        {{ seconds_between('touched_at', 'max(touched_at) over (partition by customer_id)') }}
            as seconds_before_end,
        row_number() over (
            partition by customer_id order by touched_at desc, touchpoint_id desc
        ) as position_from_end
    from {{ touches }}

),

last_touches as (

    select * from touches_ranked
    where position_from_end <= {{ var('path_max_touchpoints') }}

),

-- who converted once is no new one any more, and who never did cannot do it again
since_conversion as (

    select
        types.conversion_type,
        last_touches.customer_id,
        last_touches.touchpoint_id,
        last_touches.channel,
        last_touches.position_from_end
    from last_touches
    cross join {{ types }} as types
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

)
{%- endmacro %}
