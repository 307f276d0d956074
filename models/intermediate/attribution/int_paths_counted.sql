-- One row per conversion type, level and path of channels, or of what the level tells apart: how
-- often it converted, and how often not.
with counted as (

    select
        conversion_type,
        level,
        path,
        max(path_length) as path_length,
        cast(sum(conversions) as double) as conversions,
        cast(sum(revenue) as double) as revenue,
        cast(sum(non_conversions) as double) as non_conversions
    from {{ ref('int_paths_grouped') }}
    group by conversion_type, level, path

)

select * from counted
