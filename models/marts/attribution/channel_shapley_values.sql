-- One row per conversion type and channel: its Shapley value in the game where a coalition is worth
-- the rate at which paths convert that hold no other channel. Exact up to shapley_max_channels;
-- above, there are too many coalitions to look at each, and the value is that of orders drawn.
with centred as (

    select
        conversion_type,
        channel,
        {{ off_mean('shapley_value', 'of_channel') }} as shapley_value_off
    from {{ ref('int_shapley_values_resampled') }}
    window of_channel as (partition by conversion_type, channel)

),

measured as (

    select
        conversion_type,
        channel,
        {{ jackknife_error('shapley_value_off', 24) }} as shapley_value_error
    from centred
    group by conversion_type, channel

),

valued as (

    select
        channels.conversion_type,
        channels.channel,
        channels.channel_count,
        coalesce(solved.shapley_value, sampled.shapley_value) as shapley_value,
        measured.shapley_value_error,
        sampled.sampling_error,
        -- who came and which orders were drawn have nothing to do with each other
        {{ interval_factor() }} * sqrt(
            measured.shapley_value_error * measured.shapley_value_error
            + coalesce(sampled.sampling_error * sampled.sampling_error, 0)
        ) as margin
    from {{ ref('int_channels_numbered') }} as channels
    left join {{ ref('int_shapley_values_solved') }} as solved
        on
            channels.conversion_type = solved.conversion_type
            and channels.channel = solved.channel
    left join {{ ref('int_shapley_values_sampled') }} as sampled
        on
            channels.conversion_type = sampled.conversion_type
            and channels.channel = sampled.channel
    left join measured
        on
            channels.conversion_type = measured.conversion_type
            and channels.channel = measured.channel

),

bounded as (

    select
        valued.conversion_type,
        valued.channel,
        coalesce(named.name_zh, valued.channel) as channel_name,
        valued.channel_count,
        valued.shapley_value,
        valued.shapley_value_error,
        valued.sampling_error,
        valued.shapley_value - valued.margin as shapley_value_low,
        valued.shapley_value + valued.margin as shapley_value_high
    from valued
    left join {{ ref('channels') }} as named
        on valued.channel = named.channel

)

select * from bounded
