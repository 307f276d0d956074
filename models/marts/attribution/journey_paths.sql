-- One row per conversion type and path of channels: how often it converted, and how often not.
with converted as (

    select
        conversions.conversion_type,
        touchpoints.conversion_id,
        {{ join_words('touchpoints.channel', ' > ', 'touchpoints.touch_position') }} as path,
        count(*) as path_length,
        min(conversions.revenue) as revenue
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    inner join {{ ref('int_conversions_identified') }} as conversions
        on touchpoints.conversion_id = conversions.conversion_id
    group by conversions.conversion_type, touchpoints.conversion_id

),

last_conversions as (

    select
        customer_id,
        max(converted_at) as last_converted_at
    from {{ ref('int_conversions_identified') }}
    group by customer_id

),

-- the same rule as for conversions: what stands in the window before the end of the journey
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

),

unioned as (

    select
        conversion_type,
        path,
        path_length,
        cast(1 as double) as conversions,
        revenue,
        cast(0 as double) as non_conversions
    from converted
    union all
    select
        'purchase' as conversion_type,
        path,
        path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from unconverted
    union all
    select
        'path' as conversion_type,
        path,
        cast(length(path) - length(replace(path, ' > ', '  ')) + 1 as bigint) as path_length,
        conversions,
        revenue,
        non_conversions
    from {{ ref('int_paths_arrived') }}

),

counted as (

    select
        cast({{ hash_id("conversion_type || '|' || path") }} as string) as path_id,
        conversion_type,
        path,
        cast(max(path_length) as bigint) as path_length,
        sum(conversions) as conversions,
        sum(revenue) as revenue,
        sum(non_conversions) as non_conversions
    from unioned
    group by conversion_type, path

)

select * from counted
