-- One row per conversion type with many channels and channel: its Shapley value of conversion rates
-- as the mean of the drawn orders, and how far that may be off because others might be drawn.
with centred as (

    select
        gains.conversion_type,
        gains.channel,
        gains.gain,
        {{ off_mean('gains.gain', 'of_channel') }} as gain_off
    from {{ ref('int_channel_gains_drawn') }} as gains
    inner join {{ ref('int_channels_numbered') }} as channels
        on
            gains.conversion_type = channels.conversion_type
            and gains.channel = channels.channel
            and channels.channel_bit is null
    where gains.sample_group is null
    window of_channel as (partition by gains.conversion_type, gains.channel)

),

sampled as (

    select
        conversion_type,
        channel,
        cast(sum(cast(gain as decimal(38, 20))) as double) / count(*) as shapley_value,
        {{ sampling_error('gain_off') }} as sampling_error
    from centred
    group by conversion_type, channel

)

select * from sampled
