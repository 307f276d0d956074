-- One row per conversion type, order of the Markov chain and channel: what share of conversions
-- would be lost without the channel, and its part of what all channels would lose, one at a time.
with removals as (

    select distinct
        conversion_type,
        markov_order,
        channel as removed_channel
    from {{ ref('int_channel_states_split') }}

),

converted as (

    select
        conversion_type,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(sum(cast(conversions as decimal(28, 8))) as double) as conversions
    from {{ ref('int_paths_counted') }}
    group by conversion_type
    having sum(conversions) > 0

),

measured as (

    select
        removals.conversion_type,
        removals.markov_order,
        removals.removed_channel as channel,
        converted.conversions,
        {{ removal_effect('solved.converted') }} as removal_effect
    from removals
    inner join converted
        on removals.conversion_type = converted.conversion_type
    left join {{ ref('int_channel_removals_solved') }} as solved
        on {{ removal_id('removals', ['conversion_type', 'markov_order']) }} = solved.chain_id

),

summed as (

    select
        *,
        cast(sum(cast(removal_effect as decimal(38, 18))) over (chain) as double) as all_effects
    from measured
    window chain as (partition by conversion_type, markov_order)

),

shared as (

    select
        conversion_type,
        markov_order,
        channel,
        removal_effect,
        removal_effect / all_effects as share_of_effect,
        removal_effect / all_effects * conversions as conversions
    from summed

)

select * from shared
