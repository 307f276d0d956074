{% set low_bits = 2 ** (var('shapley_max_channels') // 2) - 1 %}

-- One row per conversion type with few channels and set of them: the rate at which paths convert
-- that hold no other channel.
with channel_sets as (

    select
        sets.conversion_type,
        sets.conversions,
        sets.journeys,
        cast(sum(channels.channel_bit) as bigint) as channel_bits
    from {{ unnest_words(ref('int_channel_sets_counted'), 'channel_set', ' > ') }} as sets
    inner join {{ ref('int_channels_numbered') }} as channels
        on
            sets.conversion_type = channels.conversion_type
            and sets.word = channels.channel
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

coalitions as (

    select
        types.conversion_type,
        numbers.number as coalition,
        numbers.number & {{ low_bits }} as low_part
    from types
    inner join numbers
        on types.everybody >= numbers.number

),

low_parts as (

    select distinct
        conversion_type,
        low_part
    from coalitions

),

-- half of the channels first, then the others: of n channels, and as many sets as may be, each with
-- each would be 4 to the n
held_low as (

    select
        low_parts.conversion_type,
        low_parts.low_part,
        sets.channel_bits - (sets.channel_bits & {{ low_bits }}) as high_part,
        sum(sets.conversions) as conversions,
        sum(sets.journeys) as journeys
    from low_parts
    inner join channel_sets as sets
        on
            low_parts.conversion_type = sets.conversion_type
            and sets.channel_bits & low_parts.low_part = sets.channel_bits & {{ low_bits }}
    group by
        low_parts.conversion_type, low_parts.low_part,
        sets.channel_bits - (sets.channel_bits & {{ low_bits }})

),

held as (

    select
        coalitions.conversion_type,
        coalitions.coalition,
        cast(sum(held_low.conversions) as double) as conversions,
        cast(sum(held_low.journeys) as double) as journeys
    from coalitions
    inner join held_low
        on
            coalitions.conversion_type = held_low.conversion_type
            and coalitions.low_part = held_low.low_part
            and held_low.high_part & coalitions.coalition = held_low.high_part
    group by coalitions.conversion_type, coalitions.coalition

),

valued as (

    select
        coalitions.conversion_type,
        coalitions.coalition,
        coalesce(held.conversions / nullif(held.journeys, 0), 0) as conversion_rate
    from coalitions
    left join held
        on
            coalitions.conversion_type = held.conversion_type
            and coalitions.coalition = held.coalition

)

select * from valued
