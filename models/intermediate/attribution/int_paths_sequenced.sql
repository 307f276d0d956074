-- One row per aggregated path that converted and channel in it, in order, shaped as touchpoints
-- without times.
with sequenced as (

    select
        {{ hash_id('paths.declared_path_id') }} as conversion_id,
        'path' as conversion_type,
        'aggregated' as customer_id,
        {{ hash_id("paths.declared_path_id || '|' || cast(words.ordinal as string)") }}
            as touchpoint_id,
        words.word as channel,
        cast(null as string) as campaign_id,
        cast(1 as double) as weight,
        cast(null as timestamp) as touched_at,
        cast(null as double) as hours_before,
        cast(null as timestamp) as lead_at,
        cast(words.ordinal as bigint) as touch_position,
        cast(count(*) over (partition by paths.declared_path_id) as bigint) as path_length
    from {{ ref('int_paths_arrived') }} as paths
    {{ unnest_words('paths.path', ' > ') }}
    where paths.conversions > 0 or paths.revenue > 0

)

select * from sequenced
