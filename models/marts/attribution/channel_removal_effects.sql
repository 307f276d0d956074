-- One row per Markov model, conversion type and channel: what share of conversions would be lost
-- without the channel, and the conversions that are its part where the whole is shared out by that.
with named as (

    select
        models.attribution_model,
        effects.conversion_type,
        cast(effects.markov_order as bigint) as markov_order,
        effects.channel,
        coalesce(channels.name_zh, effects.channel) as channel_name,
        effects.removal_effect,
        effects.share_of_effect,
        effects.conversions
    from {{ ref('int_removal_effects_shared') }} as effects
    inner join {{ ref('attribution_models') }} as models
        on models.kind = 'markov' and effects.markov_order = models.markov_order
    left join {{ ref('channels') }} as channels
        on effects.channel = channels.channel

)

select * from named
