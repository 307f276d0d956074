-- One row per conversion, Markov model and touchpoint that gets credit: touchpoints of a path weigh
-- what their channels, or units of the model's level, share of the removal effect. Credits of one
-- conversion and model sum to 1.
-- Weights are decimals, so that the parts sum to the whole whatever the order of rows.
with weighed as (

    select
        models.attribution_model,
        touchpoints.conversion_id,
        touchpoints.customer_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.campaign_id,
        touchpoints.touched_at,
        touchpoints.touch_position,
        touchpoints.path_length,
        cast(coalesce(effects.share_of_effect, 0) as decimal(38, 18)) as channel_weight
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and {{ is_of_type('models.conversion_types', 'touchpoints.conversion_type') }}
    left join {{ ref('int_touchpoints_at_levels') }} as units
        on
            models.level = units.level
            and touchpoints.touchpoint_id = units.touchpoint_id
    left join {{ ref('int_removal_effects_shared') }} as effects
        on
            touchpoints.conversion_type = effects.conversion_type
            and models.level = effects.level
            and models.markov_order = effects.markov_order
            and coalesce(units.unit, touchpoints.channel) = effects.unit

),

summed as (

    select
        attribution_model,
        conversion_id,
        sum(channel_weight) as path_weight
    from weighed
    group by attribution_model, conversion_id

),

-- a path that has revenue and never converted has channels without effect: they share evenly
credited as (

    select
        weighed.attribution_model,
        weighed.conversion_id,
        weighed.customer_id,
        weighed.touchpoint_id,
        weighed.channel,
        weighed.campaign_id,
        weighed.touched_at,
        weighed.touch_position,
        weighed.path_length,
        case
            when summed.path_weight > 0
                then cast(weighed.channel_weight as double) / cast(summed.path_weight as double)
            else cast(1 as double) / weighed.path_length
        end as credit
    from weighed
    inner join summed
        on
            weighed.attribution_model = summed.attribution_model
            and weighed.conversion_id = summed.conversion_id
    where weighed.channel_weight > 0 or summed.path_weight = 0

)

select * from credited
