-- One row per Markov model, conversion type, channel and group of customers left out: how much more
-- the channel would be credited with because units weigh otherwise without the group. To first
-- order: of what two units share, one gains as much as its weight grows more than the other's.
with grown as (

    select
        effects.attribution_model,
        effects.conversion_type,
        effects.unit,
        effects.channel,
        resampled.sample_group,
        resampled.removal_effect / effects.removal_effect as growth
    from {{ ref('channel_removal_effects') }} as effects
    inner join {{ ref('int_effects_resampled') }} as resampled
        on
            effects.attribution_model = resampled.attribution_model
            and effects.conversion_type = resampled.conversion_type
            and effects.unit = resampled.unit
    where effects.removal_effect > 0

),

reweighed as (

    select
        ones.attribution_model,
        ones.conversion_type,
        ones.channel,
        ones.sample_group,
        {{ exact_sum('(cast(pairs.conversions as double) * (ones.growth - others.growth))') }}
            as conversions,
        {{ exact_sum('(cast(pairs.revenue as double) * (ones.growth - others.growth))') }}
            as revenue
    from {{ ref('int_credits_paired') }} as pairs
    inner join grown as ones
        on
            pairs.attribution_model = ones.attribution_model
            and pairs.conversion_type = ones.conversion_type
            and pairs.unit = ones.unit
    inner join grown as others
        on
            pairs.attribution_model = others.attribution_model
            and pairs.conversion_type = others.conversion_type
            and pairs.other_unit = others.unit
            and ones.sample_group = others.sample_group
    group by ones.attribution_model, ones.conversion_type, ones.channel, ones.sample_group

)

select * from reweighed
