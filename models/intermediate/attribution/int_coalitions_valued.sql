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
        numbers.number as coalition
    from types
    inner join numbers
        on types.everybody >= numbers.number

),

held as (

    select
        coalitions.conversion_type,
        coalitions.coalition,
        cast(sum(sets.conversions) as double) as conversions,
        cast(sum(sets.journeys) as double) as journeys
    from coalitions
    inner join channel_sets as sets
        on
            coalitions.conversion_type = sets.conversion_type
            and sets.channel_bits & coalitions.coalition = sets.channel_bits
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
