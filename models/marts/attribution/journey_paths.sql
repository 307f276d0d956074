-- One row per conversion type and path of channels: how often it converted, and how often not.
with identified as (

    select
        cast({{ hash_id("conversion_type || '|' || path") }} as string) as path_id,
        conversion_type,
        path,
        path_length,
        conversions,
        revenue,
        non_conversions
    from {{ ref('int_paths_counted') }}
    where level = 'channel'

)

select * from identified
