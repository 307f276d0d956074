-- One row per conversion type with few channels and set of them: the rate at which paths convert
-- that hold no other channel.
with channel_sets as (

    select
        sets.conversion_type,
        sets.conversions,
        sets.journeys,
        cast(sum(channels.channel_bit) as bigint) as channel_bits
    from {{ ref('int_channel_sets_counted') }} as sets
    {{ unnest_words('sets.channel_set', ' > ') }}
    inner join {{ ref('int_channels_numbered') }} as channels
        on
            sets.conversion_type = channels.conversion_type
            and words.word = channels.channel
            and channels.channel_bit is not null
    group by sets.conversion_type, sets.channel_set, sets.conversions, sets.journeys

),

numbers as (

    {{ number_series(2 ** var('shapley_max_channels')) }}

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
        numbers.number as coalition,
        cast(coalesce(sum(sets.conversions), 0) as double)
        / coalesce(nullif(cast(sum(sets.journeys) as double), 0), 1)
            as conversion_rate
    from types
    inner join numbers
        on types.everybody >= numbers.number
    left join channel_sets as sets
        on
            types.conversion_type = sets.conversion_type
            and sets.channel_bits & numbers.number = sets.channel_bits
    group by types.conversion_type, numbers.number

)

select * from valued
