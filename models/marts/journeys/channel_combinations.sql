-- One row per conversion type and combination of one to three channels that stand together in
-- enough journeys, whatever their order: how often these convert, beside all journeys.
with totals as (

    select
        conversion_type,
        cast(sum(conversions) as double) as all_conversions,
        cast(sum(journeys) as double) as all_journeys
    from {{ ref('int_channel_sets_counted') }}
    group by conversion_type

),

counted as (

    select
        combinations.conversion_type,
        concat_ws(' + ', combinations.channel_1, combinations.channel_2, combinations.channel_3)
            as combination,
        concat_ws(
            ' + ',
            coalesce(firsts.name_zh, combinations.channel_1),
            coalesce(seconds.name_zh, combinations.channel_2),
            coalesce(thirds.name_zh, combinations.channel_3)
        ) as combination_name,
        cast(combinations.channel_count as bigint) as channel_count,
        cast(combinations.journeys as double) as journeys,
        cast(combinations.conversions as double) as conversions,
        totals.all_journeys,
        totals.all_conversions
    from {{ ref('int_channel_combinations_counted') }} as combinations
    inner join totals
        on combinations.conversion_type = totals.conversion_type
    left join {{ ref('channels') }} as firsts on combinations.channel_1 = firsts.channel
    left join {{ ref('channels') }} as seconds on combinations.channel_2 = seconds.channel
    left join {{ ref('channels') }} as thirds on combinations.channel_3 = thirds.channel

),

rated as (

    select
        conversion_type,
        combination,
        combination_name,
        channel_count,
        journeys,
        journeys / all_journeys as support,
        conversions,
        conversions / journeys as conversion_rate,
        {{ wilson_bound('conversions', 'journeys', '-') }} as conversion_rate_from,
        {{ wilson_bound('conversions', 'journeys', '+') }} as conversion_rate_to,
        all_conversions / all_journeys as base_rate,
        {{ lift_columns('lift', 'conversions', 'journeys', 'all_conversions', 'all_journeys') }}
    from counted

)

select * from rated
