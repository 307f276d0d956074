-- One row per conversion: what counted as one, how it came about, and how long that took.
with paths as (

    select
        conversion_id,
        max(path_length) as path_length,
        min(touched_at) as first_touched_at,
        {{ min_by('channel', 'touch_position') }} as first_channel,
        {{ max_by('channel', 'touch_position') }} as last_channel
    from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}
    group by conversion_id

),

described as (

    select
        cast(conversions.conversion_id as string) as conversion_id,
        conversions.conversion_type,
        conversions.customer_id,
        cast(conversions.order_id as string) as order_id,
        conversions.converted_at,
        {{ local_date('conversions.converted_at') }} as conversion_date,
        conversions.revenue,
        cast(conversions.conversion_number as bigint) as conversion_number,
        coalesce(paths.path_length, 0) as path_length,
        paths.first_channel,
        paths.last_channel,
        paths.first_touched_at,
        cast(
            {{ seconds_between('paths.first_touched_at', 'conversions.converted_at') }} / 86400
            as double
        ) as days_to_convert
    from {{ ref('int_conversions_identified') }} as conversions
    left join paths
        on conversions.conversion_id = paths.conversion_id
    where {{ is_touched('conversions.customer_id', 'int_customers_touched') }}

)

select * from described
