-- One row per conversion type, level, group of customers and as many channels, or units of the
-- level, that follow each other in a path as Markov chains look at: how often they did, in paths
-- that converted and in others.
with longest as (

    select
        level,
        max(markov_order) as markov_order
    from {{ ref('attribution_models') }}
    where kind = 'markov'
    group by level

),

preceded as (

    select
        paths.conversion_type,
        paths.level,
        paths.sample_group,
        case when longest.markov_order >= 3 then paths.word_before_3 end as channel_before_3,
        case when longest.markov_order >= 2 then paths.word_before_2 end as channel_before_2,
        paths.word_before_1 as channel_before_1,
        paths.word as channel,
        least(paths.ordinal, longest.markov_order + 1) as depth,
        paths.ordinal = paths.word_count as is_last,
        paths.conversions,
        paths.non_conversions
    from {{ unnest_words(ref('int_paths_grouped'), 'path', ' > ', before=3) }} as paths
    inner join longest
        on paths.level = longest.level

),

-- of all that the orders look at, each kind once: paths are many, these are few
windowed as (

    select
        conversion_type,
        level,
        sample_group,
        channel_before_3,
        channel_before_2,
        channel_before_1,
        channel,
        depth,
        is_last,
        cast(sum(conversions) as decimal(28, 8)) as conversions,
        cast(sum(non_conversions) as decimal(28, 8)) as non_conversions
    from preceded
    group by
        conversion_type, level, sample_group, channel_before_3, channel_before_2,
        channel_before_1, channel, depth, is_last

)

select * from windowed
