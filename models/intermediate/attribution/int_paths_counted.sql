-- One row per conversion type and path of channels: how often it converted, and how often not.
with counted as (

    select
        conversion_type,
        path,
        max(path_length) as path_length,
        cast(sum(conversions) as double) as conversions,
        cast(sum(revenue) as double) as revenue,
        cast(sum(non_conversions) as double) as non_conversions
    from {{ ref('int_paths_grouped') }}
    group by conversion_type, path

)

select * from counted
