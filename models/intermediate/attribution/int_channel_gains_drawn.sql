-- One row per conversion type, drawn order, channel and group of customers left out, and one with
-- none left out: what the channel adds, when it joins, to the rate at which paths convert that hold
-- no other channel than those that have joined; the mean of the order read either way.
with gained as (

    select
        conversion_type,
        draw,
        channel,
        sample_group,
        coalesce(conversion_rate, 0)
        - coalesce(
            lag(conversion_rate) over (
                partition by conversion_type, draw, is_from_end, sample_group order by place
            ),
            0
        ) as gain
    from {{ ref('int_channel_rates_drawn') }}

),

averaged as (

    select
        conversion_type,
        draw,
        channel,
        sample_group,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(gain as decimal(38, 20))) as double) / 2 as gain
    from gained
    group by conversion_type, draw, channel, sample_group

)

select * from averaged
