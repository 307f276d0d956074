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
        *,
        conversions / journeys as conversion_rate,
        all_conversions / all_journeys as base_rate,
        all_journeys - journeys as other_journeys,
        -- none so far is no proof that none ever would: half a conversion is assumed
        case
            when journeys < all_journeys then greatest(all_conversions - conversions, 0.5)
            else 0
        end as other_conversions,
        all_journeys / journeys as max_lift
    from counted

),

-- Of the logarithm of lift, by the delta method. All journeys hold those of the combination, so the
-- error is that of a ratio of two groups less what they share: none is left where it is in each.
measured as (

    select
        *,
        conversion_rate / nullif(base_rate, 0) as lift,
        -- what rounding leaves of nothing may lie below it
        sqrt(abs(
            power(other_conversions / nullif(all_conversions, 0), 2)
            * (1 / nullif(conversions, 0) - 1 / journeys)
            + other_conversions / power(nullif(all_conversions, 0), 2)
            * (1 - coalesce(other_conversions / nullif(other_journeys, 0), 0))
        )) as log_error
    from rated

),

bounded as (

    select
        conversion_type,
        combination,
        combination_name,
        channel_count,
        journeys,
        journeys / all_journeys as support,
        conversions,
        conversion_rate,
        {{ wilson_bound('conversions', 'journeys', '-') }} as conversion_rate_from,
        {{ wilson_bound('conversions', 'journeys', '+') }} as conversion_rate_to,
        base_rate,
        lift,
        {{ ratio_bound('lift', 'log_error', '-') }} as lift_from,
        case
            when lift > 0
                then greatest(lift, least({{ ratio_bound('lift', 'log_error', '+') }}, max_lift))
        end as lift_to
    from measured

)

select * from bounded
