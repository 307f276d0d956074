-- One row per Markov model, conversion type, channel and group of customers left out: what the
-- channel would be credited with if the others were all there are, and as many as all are:
-- touchpoints of their paths weigh what the effects are without the group.
with paths as (

    select
        *,
        {{ hash_id("conversion_type || '|' || level || '|' || path") }} as path_id
    from {{ ref('int_paths_counted') }}
    where conversion_type <> 'path' and conversions > 0

),

left_over as (

    select
        paths.path_id,
        left_out.sample_group,
        cast(left_out.group_count as double) / (left_out.group_count - 1) as scale_up,
        paths.conversions - coalesce(cast(grouped.conversions as double), 0) as conversions,
        paths.revenue - coalesce(cast(grouped.revenue as double), 0) as revenue
    from paths
    cross join {{ ref('int_groups_left_out') }} as left_out
    left join {{ ref('int_paths_grouped') }} as grouped
        on
            paths.conversion_type = grouped.conversion_type
            and paths.level = grouped.level
            and paths.path = grouped.path
            and left_out.sample_group = grouped.sample_group

),

units_of_paths as (

    select
        path_id,
        conversion_type,
        level,
        path_length,
        word as unit,
        count(*) as touches
    from {{ unnest_words('paths', 'path', ' > ') }} as words
    group by path_id, conversion_type, level, path_length, word

),

weighed as (

    select
        models.attribution_model,
        units.path_id,
        units.conversion_type,
        coalesce(known.channel, units.unit) as channel,
        left_out.sample_group,
        cast(units.touches as double) / units.path_length as even_part,
        -- as decimals: a sum of doubles hangs on the order of rows
        cast(units.touches * coalesce(effects.removal_effect, 0) as decimal(38, 18)) as weight
    from units_of_paths as units
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and units.level = models.level
            and {{ is_of_type('models.conversion_types', 'units.conversion_type') }}
    cross join {{ ref('int_groups_left_out') }} as left_out
    left join {{ ref('int_effects_resampled') }} as effects
        on
            models.attribution_model = effects.attribution_model
            and units.conversion_type = effects.conversion_type
            and units.unit = effects.unit
            and left_out.sample_group = effects.sample_group
    left join {{ ref('int_units_known') }} as known
        on units.level = known.level and units.unit = known.unit

),

summed as (

    select
        attribution_model,
        path_id,
        sample_group,
        sum(weight) as path_weight
    from weighed
    group by attribution_model, path_id, sample_group

),

credited as (

    select
        weighed.attribution_model,
        weighed.conversion_type,
        weighed.channel,
        weighed.sample_group,
        left_over.conversions * left_over.scale_up as conversions,
        left_over.revenue * left_over.scale_up as revenue,
        case
            when summed.path_weight > 0
                then cast(weighed.weight as double) / cast(summed.path_weight as double)
            else weighed.even_part
        end as credit
    from weighed
    inner join summed
        on
            weighed.attribution_model = summed.attribution_model
            and weighed.path_id = summed.path_id
            and weighed.sample_group = summed.sample_group
    inner join left_over
        on
            weighed.path_id = left_over.path_id
            and weighed.sample_group = left_over.sample_group

),

resampled as (

    select
        attribution_model,
        conversion_type,
        channel,
        sample_group,
        cast(sum(cast(credit * conversions as decimal(38, 15))) as double) as conversions,
        cast(sum(cast(credit * revenue as decimal(38, 15))) as double) as revenue
    from credited
    group by attribution_model, conversion_type, channel, sample_group

)

select * from resampled
