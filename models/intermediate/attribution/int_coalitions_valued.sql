-- One row per conversion type with few channels and set of them: the rate at which paths convert
-- that hold no other channel.
with held as (

    select distinct
        paths.conversion_type,
        paths.path,
        paths.conversions,
        paths.non_conversions,
        channels.channel_bit
    from {{ ref('int_paths_counted') }} as paths
    {{ unnest_words('paths.path', ' > ') }}
    inner join {{ ref('int_channels_numbered') }} as channels
        on
            paths.conversion_type = channels.conversion_type
            and words.word = channels.channel
            and channels.channel_bit is not null

),

paths as (

    select
        conversion_type,
        path,
        conversions,
        non_conversions,
        cast(sum(channel_bit) as bigint) as channel_set
    from held
    group by conversion_type, path, conversions, non_conversions

),

channel_sets as (

    select
        conversion_type,
        channel_set,
        sum(cast(conversions as decimal(28, 8))) as conversions,
        sum(cast(non_conversions as decimal(28, 8))) as non_conversions
    from paths
    group by conversion_type, channel_set

),

bits as (

    select 0 as is_in
    union all
    select 1 as is_in

),

numbers as (

    select
        cast(
            {% for place in range(var('shapley_max_channels')) %}
                bits_{{ place }}.is_in * {{ 2 ** place }} {{ '+' if not loop.last }}
            {% endfor %}
            as bigint
        ) as coalition
    from bits as bits_0
    {% for place in range(1, var('shapley_max_channels')) %}
        cross join bits as bits_{{ place }}
    {% endfor %}

),

types as (

    select
        conversion_type,
        cast(sum(channel_bit) as bigint) as everybody
    from {{ ref('int_channels_numbered') }}
    where channel_bit is not null
    group by conversion_type

),

valued as (

    select
        types.conversion_type,
        numbers.coalition,
        cast(coalesce(sum(sets.conversions), 0) as double)
        / coalesce(nullif(cast(sum(sets.conversions + sets.non_conversions) as double), 0), 1)
            as conversion_rate
    from types
    inner join numbers
        on types.everybody >= numbers.coalition
    left join channel_sets as sets
        on
            types.conversion_type = sets.conversion_type
            and sets.channel_set & numbers.coalition = sets.channel_set
    group by types.conversion_type, numbers.coalition

)

select * from valued
