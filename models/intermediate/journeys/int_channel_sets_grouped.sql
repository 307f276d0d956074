-- One row per conversion type, group of customers and set of channels that make up a path, whatever
-- their order: paths are many, these are few.
with members as (

    select distinct
        conversion_type,
        path,
        word as channel
    from {{ unnest_words(ref('int_paths_counted'), 'path', ' > ') }} as words
    where level = 'channel'

),

sets as (

    select
        conversion_type,
        path,
        {{ join_words('channel', ' > ', 'channel') }} as channel_set
    from members
    group by conversion_type, path

),

grouped as (

    select
        sets.conversion_type,
        paths.sample_group,
        {{ hash_id("sets.conversion_type || '|' || sets.channel_set") }} as channel_set_id,
        sets.channel_set,
        cast(sum(paths.conversions) as decimal(28, 8)) as conversions,
        cast(sum(paths.conversions + paths.non_conversions) as decimal(28, 8)) as journeys
    from sets
    inner join {{ ref('int_paths_grouped') }} as paths
        on
            sets.conversion_type = paths.conversion_type
            and sets.path = paths.path
            and paths.level = 'channel'
    group by sets.conversion_type, paths.sample_group, sets.channel_set

)

select * from grouped
