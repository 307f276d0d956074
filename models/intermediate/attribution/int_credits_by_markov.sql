-- One row per conversion, Markov model and touchpoint that gets credit: touchpoints of a path weigh
-- what their channels share of the removal effect. Credits of one conversion and model sum to 1.
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
    left join {{ ref('int_removal_effects_shared') }} as effects
        on
            touchpoints.conversion_type = effects.conversion_type
            and models.markov_order = effects.markov_order
            and touchpoints.channel = effects.channel

),

summed as (

    select
        *,
        sum(channel_weight) over (partition by attribution_model, conversion_id) as path_weight
    from weighed

),

-- a path that has revenue and never converted has channels without effect: they share evenly
credited as (

    select
        attribution_model,
        conversion_id,
        customer_id,
        touchpoint_id,
        channel,
        campaign_id,
        touched_at,
        touch_position,
        path_length,
        case
            when path_weight > 0
                then cast(channel_weight as double) / cast(path_weight as double)
            else cast(1 as double) / path_length
        end as credit
    from summed
    where channel_weight > 0 or path_weight = 0

)

select * from credited
