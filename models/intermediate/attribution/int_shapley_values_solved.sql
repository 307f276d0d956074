-- One row per conversion type with few channels and channel: its Shapley value in the game where a
-- coalition is worth the rate at which paths convert that hold no other channel.
with joined as (

    select
        channels.conversion_type,
        channels.channel,
        cast(channels.channel_count as int) as channel_count,
        cast(bit_count(others.coalition) as int) as coalition_size,
        with_channel.conversion_rate - others.conversion_rate as gain
    from {{ ref('int_channels_numbered') }} as channels
    inner join {{ ref('int_coalitions_valued') }} as others
        on
            channels.conversion_type = others.conversion_type
            and channels.channel_bit & others.coalition = 0
    inner join {{ ref('int_coalitions_valued') }} as with_channel
        on
            channels.conversion_type = with_channel.conversion_type
            and channels.channel_bit + others.coalition = with_channel.coalition

),

-- every order in which channels may join is as likely as any other
averaged as (

    select
        conversion_type,
        channel,
        cast(
            sum(
                cast(
                    gain * factorial(coalition_size)
                    * factorial(channel_count - coalition_size - 1) / factorial(channel_count)
                    as decimal(38, 20)
                )
            )
            as double
        ) as shapley_value
    from joined
    group by conversion_type, channel

)

select * from averaged
