-- One row per conversion type and set of channels that make up a path, whatever their order: paths
-- are many, these are few.
with members as (

    select distinct
        paths.conversion_type,
        paths.path,
        paths.conversions,
        paths.non_conversions,
        words.word as channel
    from {{ ref('int_paths_counted') }} as paths
    {{ unnest_words('paths.path', ' > ') }}

),

sets as (

    select
        conversion_type,
        path,
        {{ join_words('channel', ' > ', 'channel') }} as channel_set,
        max(conversions) as conversions,
        max(conversions + non_conversions) as journeys
    from members
    group by conversion_type, path

),

counted as (

    select
        conversion_type,
        channel_set,
        sum(cast(conversions as decimal(28, 8))) as conversions,
        sum(cast(journeys as decimal(28, 8))) as journeys
    from sets
    group by conversion_type, channel_set

)

select * from counted
