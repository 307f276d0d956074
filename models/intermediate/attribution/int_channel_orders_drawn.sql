-- One row per conversion type, drawn order in which its channels may join and channel: its place in
-- the order, and from its end. Each order is read both ways, as what a channel gains by joining
-- late is not what it gains by joining early.
with draws as (

    {{ number_series(var('shapley_sampled_orders')) }}

),

drawn as (

    select
        channels.conversion_type,
        channels.channel,
        channels.channel_count,
        draws.number as draw,
        row_number() over (
            partition by channels.conversion_type, draws.number
            order by
                {{ hash_id("cast(draws.number as string) || '|' || channels.channel") }},
                channels.channel
        ) as place
    from {{ ref('int_channels_numbered') }} as channels
    cross join draws

),

read_both_ways as (

    select
        conversion_type,
        draw,
        channel,
        place,
        channel_count + 1 - place as place_from_end
    from drawn

)

select * from read_both_ways
