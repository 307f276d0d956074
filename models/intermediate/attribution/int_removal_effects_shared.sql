-- One row per conversion type, level, order of the Markov chain and unit of the level, a channel or
-- what of it: what share of conversions would be lost without it, and its part of what all would
-- lose, one at a time.
with converted as (

    select
        conversion_type,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(28, 8))) as double) as conversions
    from {{ ref('int_paths_counted') }}
    where level = 'channel'
    group by conversion_type
    having sum(conversions) > 0

),

measured as (

    select
        solved.conversion_type,
        solved.level,
        solved.markov_order,
        solved.removed_channel as unit,
        coalesce(units.channel, solved.removed_channel) as channel,
        converted.conversions,
        {{ removal_effect('solved.converted') }} as removal_effect
    from {{ ref('int_channel_removals_solved') }} as solved
    inner join converted
        on solved.conversion_type = converted.conversion_type
    left join {{ ref('int_units_known') }} as units
        on
            solved.level = units.level
            and solved.removed_channel = units.unit
    where solved.removed_channel is not null

),

summed as (

    select
        *,
        cast(sum(cast(removal_effect as decimal(38, 18))) over (chain) as double) as all_effects
    from measured
    window chain as (partition by conversion_type, level, markov_order)

),

shared as (

    select
        conversion_type,
        level,
        markov_order,
        unit,
        channel,
        removal_effect,
        removal_effect / all_effects as share_of_effect,
        removal_effect / all_effects * conversions as conversions
    from summed

)

select * from shared
