-- One row per Markov model, conversion type, channel and group of customers left out: how much more
-- the channel would be credited with because units weigh otherwise without the group. To first
-- order: of what two units share, one gains as much as its weight grows more than the other's.
with paths as (

    select
        *,
        {{ hash_id("conversion_type || '|' || level || '|' || path") }} as path_id
    from {{ ref('int_paths_counted') }}
    where conversion_type <> 'path' and conversions > 0

),

units_of_paths as (

    select
        path_id,
        conversion_type,
        level,
        max(conversions) as conversions,
        max(revenue) as revenue,
        word as unit,
        count(*) as touches
    from {{ unnest_words('paths', 'path', ' > ') }} as words
    group by path_id, conversion_type, level, word

),

effects as (

    select
        models.attribution_model,
        effects.*
    from {{ ref('int_removal_effects_shared') }} as effects
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and effects.level = models.level
            and effects.markov_order = models.markov_order
            and {{ is_of_type('models.conversion_types', 'effects.conversion_type') }}
    where effects.removal_effect > 0

),

weighed as (

    select
        effects.attribution_model,
        units.path_id,
        units.conversion_type,
        units.unit,
        units.conversions,
        units.revenue,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(units.touches * effects.share_of_effect as decimal(38, 18)) as weight
    from units_of_paths as units
    inner join effects
        on
            units.conversion_type = effects.conversion_type
            and units.level = effects.level
            and units.unit = effects.unit

),

shared as (

    select
        *,
        cast(weight as double)
        / cast(sum(weight) over (partition by attribution_model, path_id) as double) as credit
    from weighed

),

pairs as (

    select
        ones.attribution_model,
        ones.conversion_type,
        ones.unit,
        others.unit as other_unit,
        sum(cast(ones.conversions * ones.credit * others.credit as decimal(38, 15)))
            as conversions,
        sum(cast(ones.revenue * ones.credit * others.credit as decimal(38, 15))) as revenue
    from shared as ones
    inner join shared as others
        on
            ones.attribution_model = others.attribution_model
            and ones.path_id = others.path_id
            and ones.unit <> others.unit
    group by ones.attribution_model, ones.conversion_type, ones.unit, others.unit

),

moved as (

    select
        effects.attribution_model,
        effects.conversion_type,
        effects.unit,
        effects.channel,
        resampled.sample_group,
        resampled.removal_effect / effects.removal_effect as growth
    from effects
    inner join {{ ref('int_effects_resampled') }} as resampled
        on
            effects.attribution_model = resampled.attribution_model
            and effects.conversion_type = resampled.conversion_type
            and effects.unit = resampled.unit

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
    from pairs
    inner join moved as ones
        on
            pairs.attribution_model = ones.attribution_model
            and pairs.conversion_type = ones.conversion_type
            and pairs.unit = ones.unit
    inner join moved as others
        on
            pairs.attribution_model = others.attribution_model
            and pairs.conversion_type = others.conversion_type
            and pairs.other_unit = others.unit
            and ones.sample_group = others.sample_group
    group by ones.attribution_model, ones.conversion_type, ones.channel, ones.sample_group

)

select * from reweighed
