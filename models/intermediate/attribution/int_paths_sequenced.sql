-- One row per aggregated path that converted and channel in it, in order, shaped as touchpoints
-- without times.
with converted as (

    select
        declared_path_id,
        path
    from {{ ref('int_paths_arrived') }}
    where conversions > 0 or revenue > 0

),

sequenced as (

    select
        {{ hash_id('declared_path_id') }} as conversion_id,
        'path' as conversion_type,
        'aggregated' as customer_id,
        {{ hash_id("declared_path_id || '|' || cast(ordinal as string)") }}
            as touchpoint_id,
        word as channel,
        cast(null as string) as campaign_id,
        cast(1 as double) as weight,
        cast(null as timestamp) as touched_at,
        cast(null as double) as hours_before,
        cast(null as double) as nearest_hours_before,
        cast(null as timestamp) as lead_at,
        cast(ordinal as bigint) as touch_position,
        cast(count(*) over (partition by declared_path_id) as bigint) as path_length
    from {{ unnest_words('converted', 'path', ' > ') }} as words

)

select * from sequenced
