-- One row per conversion type, group of customers and up to four channels that follow each other in
-- a path, all that a Markov chain looks at: how often they did, in paths that converted and in
-- others.
with paths as (

    select
        {{ hash_id("conversion_type || '|' || path") }} as path_id,
        conversion_type,
        path
    from {{ ref('int_paths_counted') }}

),

touches as (

    select
        paths.path_id,
        paths.conversion_type,
        paths.path,
        words.word as channel,
        words.ordinal as position
    from paths
    {{ unnest_words('paths.path', ' > ') }}

),

preceded as (

    select
        *,
        lag(channel, 1) over (walk) as channel_before_1,
        lag(channel, 2) over (walk) as channel_before_2,
        lag(channel, 3) over (walk) as channel_before_3,
        lead(channel) over (walk) is null as is_last
    from touches
    window walk as (partition by path_id order by position)

),

-- of all that the orders look at, each kind once: paths are many, these are few
windowed as (

    select
        preceded.conversion_type,
        grouped.sample_group,
        preceded.channel_before_3,
        preceded.channel_before_2,
        preceded.channel_before_1,
        preceded.channel,
        least(preceded.position, 4) as depth,
        preceded.is_last,
        cast(sum(grouped.conversions) as decimal(28, 8)) as conversions,
        cast(sum(grouped.non_conversions) as decimal(28, 8)) as non_conversions
    from preceded
    inner join {{ ref('int_paths_grouped') }} as grouped
        on
            preceded.conversion_type = grouped.conversion_type
            and preceded.path = grouped.path
    group by
        preceded.conversion_type,
        grouped.sample_group,
        preceded.channel_before_3,
        preceded.channel_before_2,
        preceded.channel_before_1,
        preceded.channel,
        least(preceded.position, 4),
        preceded.is_last

)

select * from windowed
