-- One row per conversion type and path of channels: how often it converted, and how often not.
with counted as (

    select
        *,
        conversions + non_conversions as journeys
    from {{ ref('int_paths_counted') }}
    where level = 'channel'

),

paths as (

    select distinct path
    from counted

),

named as (

    select
        words.path,
        {{ join_words('coalesce(channels.name_zh, words.word)', ' > ', 'words.ordinal') }}
            as path_name
    from {{ unnest_words('paths', 'path', ' > ') }} as words
    left join {{ ref('channels') }} as channels on words.word = channels.channel
    group by words.path

),

rated as (

    select
        cast({{ hash_id("counted.conversion_type || '|' || counted.path") }} as string) as path_id,
        counted.conversion_type,
        counted.path,
        named.path_name,
        counted.path_length,
        counted.journeys,
        counted.conversions,
        -- a line of aggregated paths may hold revenue alone
        {{ rate_columns('conversion_rate', 'counted.conversions', 'counted.journeys') }},
        counted.revenue,
        counted.non_conversions
    from counted
    inner join named on counted.path = named.path

)

select * from rated
