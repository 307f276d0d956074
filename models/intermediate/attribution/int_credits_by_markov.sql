-- One row per conversion, Markov model and touchpoint that gets credit: touchpoints of a path weigh
-- what their channels share of the removal effect. Credits of one conversion and model sum to 1.
with typed as (

    select
        touchpoints.*,
        coalesce(conversions.conversion_type, 'path') as conversion_type
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    left join {{ ref('int_conversions_identified') }} as conversions
        on touchpoints.conversion_id = conversions.conversion_id

),

-- as decimals, so that the parts sum to the whole whatever the order of rows
weighed as (

    select
        models.attribution_model,
        typed.conversion_id,
        typed.customer_id,
        typed.touchpoint_id,
        typed.channel,
        typed.campaign_id,
        typed.touched_at,
        typed.touch_position,
        typed.path_length,
        cast(coalesce(effects.share_of_effect, 0) as decimal(38, 18)) as channel_weight
    from typed
    inner join {{ ref('attribution_models') }} as models
        on models.kind = 'markov'
    left join {{ ref('int_removal_effects_shared') }} as effects
        on
            typed.conversion_type = effects.conversion_type
            and models.markov_order = effects.markov_order
            and typed.channel = effects.channel

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
