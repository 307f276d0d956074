-- One row per conversion and touchpoint in its look-back window, in order; conversions without
-- one have none here. Aggregated paths of declared files stand beside them, without times.
with conversions as (

    select * from {{ ref('int_conversions_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

touchpoints as (

    select * from {{ ref('int_touchpoints_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

in_window as (

    select
        conversions.conversion_id,
        conversions.customer_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.campaign_id,
        touchpoints.touched_at,
        {{ seconds_between('touchpoints.touched_at', 'conversions.converted_at') }} / 3600.0
            as hours_before,
        row_number() over (
            partition by conversions.conversion_id
            order by touchpoints.touched_at desc, touchpoints.touchpoint_id desc
        ) as position_from_end
    from conversions
    inner join touchpoints
        on
            conversions.customer_id = touchpoints.customer_id
            and conversions.converted_at >= touchpoints.touched_at
            and touchpoints.touched_at
            > conversions.converted_at - interval {{ var('attribution_lookback_days') }} day

),

-- one wrongly merged customer must not blow up the product of touches and conversions
capped as (

    select
        *,
        count(*) over (partition by conversion_id) as path_length
    from in_window
    where position_from_end <= {{ var('path_max_touchpoints') }}

),

sequenced as (

    select
        conversion_id,
        customer_id,
        touchpoint_id,
        channel,
        campaign_id,
        touched_at,
        hours_before,
        cast(path_length - position_from_end + 1 as bigint) as touch_position,
        cast(path_length as bigint) as path_length
    from capped

),

aggregated as (

    select
        {{ hash_id('paths.declared_path_id') }} as conversion_id,
        'aggregated' as customer_id,
        {{ hash_id("paths.declared_path_id || '|' || cast(words.ordinal as string)") }}
            as touchpoint_id,
        words.word as channel,
        cast(null as string) as campaign_id,
        cast(null as timestamp) as touched_at,
        cast(null as double) as hours_before,
        cast(words.ordinal as bigint) as touch_position,
        cast(count(*) over (partition by paths.declared_path_id) as bigint) as path_length
    from {{ ref('int_paths_arrived') }} as paths
    {{ unnest_words('paths.path', ' > ') }}
    where
        (paths.conversions > 0 or paths.revenue > 0)
        and {{ is_touched("'aggregated'", 'int_customers_touched', 'customer_id') }}

),

unioned as (

    select * from sequenced
    union all
    select * from aggregated

)

select * from unioned
