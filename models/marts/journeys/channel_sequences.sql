-- One row per conversion type and sequence of two or three channels that enough journeys touched
-- for the first time in this order: how often these convert, beside the same channels in any order.
with totals as (

    select
        conversion_type,
        cast(sum(journeys) as double) as all_journeys
    from {{ ref('int_channel_orders_counted') }}
    group by conversion_type

),

by_name as (

    select
        *,
        least(channel_1, channel_2, channel_3) as lowest,
        greatest(least(channel_1, channel_2), least(greatest(channel_1, channel_2), channel_3))
            as middle_of_three,
        greatest(channel_1, channel_2, channel_3) as highest
    from {{ ref('int_channel_sequences_counted') }}

),

combined as (

    select
        *,
        concat_ws(
            ' + ', lowest, case when channel_count = 3 then middle_of_three end, highest
        ) as combination
    from by_name

),

named as (

    select
        combined.conversion_type,
        concat_ws(' > ', combined.channel_1, combined.channel_2, combined.channel_3)
            as sequence,
        concat_ws(
            ' > ',
            coalesce(firsts.name_zh, combined.channel_1),
            coalesce(seconds.name_zh, combined.channel_2),
            coalesce(thirds.name_zh, combined.channel_3)
        ) as sequence_name,
        cast(combined.channel_count as bigint) as channel_count,
        cast(combined.journeys as double) as journeys,
        cast(combined.conversions as double) as conversions,
        totals.all_journeys,
        combined.combination,
        combinations.journeys as combination_journeys,
        combinations.conversions as combination_conversions,
        combinations.conversion_rate as combination_conversion_rate
    from combined
    inner join totals
        on combined.conversion_type = totals.conversion_type
    inner join {{ ref('channel_combinations') }} as combinations
        on
            combined.conversion_type = combinations.conversion_type
            and combined.combination = combinations.combination
    left join {{ ref('channels') }} as firsts on combined.channel_1 = firsts.channel
    left join {{ ref('channels') }} as seconds on combined.channel_2 = seconds.channel
    left join {{ ref('channels') }} as thirds on combined.channel_3 = thirds.channel

),

rated as (

    select
        conversion_type,
        sequence,
        sequence_name,
        channel_count,
        journeys,
        journeys / all_journeys as support,
        conversions,
        conversions / journeys as conversion_rate,
        {{ wilson_bound('conversions', 'journeys', '-') }} as conversion_rate_from,
        {{ wilson_bound('conversions', 'journeys', '+') }} as conversion_rate_to,
        combination,
        combination_journeys,
        combination_conversion_rate,
        {{ lift_columns(
            'order_lift', 'conversions', 'journeys', 'combination_conversions',
            'combination_journeys'
        ) }}
    from named

)

select * from rated
