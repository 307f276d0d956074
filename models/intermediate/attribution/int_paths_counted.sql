-- One row per conversion type and path of channels: how often it converted, and how often not.
with converted as (

    select
        touchpoints.conversion_type,
        touchpoints.conversion_id,
        {{ join_words('touchpoints.channel', ' > ', 'touchpoints.touch_position') }} as path,
        count(*) as path_length,
        min(conversions.revenue) as revenue
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    inner join {{ ref('int_conversions_identified') }} as conversions
        on touchpoints.conversion_id = conversions.conversion_id
    group by touchpoints.conversion_type, touchpoints.conversion_id

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
        conversion_type,
        path,
        path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from {{ ref('int_journeys_unconverted') }}
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
        conversion_type,
        path,
        cast(max(path_length) as bigint) as path_length,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(28, 8))) as double) as conversions,
        cast(sum(cast(revenue as decimal(28, 8))) as double) as revenue,
        cast(sum(cast(non_conversions as decimal(28, 8))) as double) as non_conversions
    from unioned
    group by conversion_type, path

)

select * from counted
