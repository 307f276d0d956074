-- One row per Markov model, conversion type, unit and other unit: conversions that both have a part
-- in, each path's by what the two are credited with, multiplied.
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
    inner join {{ ref('channel_removal_effects') }} as effects
        on
            units.conversion_type = effects.conversion_type
            and units.level = effects.level
            and units.unit = effects.unit
    where effects.removal_effect > 0

),

credited as (

    select
        *,
        cast(weight as double)
        / cast(sum(weight) over (partition by attribution_model, path_id) as double) as credit
    from weighed

),

paired as (

    select
        ones.attribution_model,
        ones.conversion_type,
        ones.unit,
        others.unit as other_unit,
        sum(cast(ones.conversions * ones.credit * others.credit as decimal(38, 15)))
            as conversions,
        sum(cast(ones.revenue * ones.credit * others.credit as decimal(38, 15))) as revenue
    from credited as ones
    inner join credited as others
        on
            ones.attribution_model = others.attribution_model
            and ones.path_id = others.path_id
            and ones.unit <> others.unit
    group by ones.attribution_model, ones.conversion_type, ones.unit, others.unit

)

select * from paired
