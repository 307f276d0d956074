-- One row per Markov model, conversion type and unit of the model's level, a channel or a campaign
-- of it, say: what share of conversions would be lost without it, and the conversions that are its
-- part where the whole is shared out by that.
with centred as (

    select
        attribution_model,
        conversion_type,
        unit,
        {{ off_mean('removal_effect', 'of_unit') }} as removal_effect_off
    from {{ ref('int_effects_resampled') }}
    window of_unit as (partition by attribution_model, conversion_type, unit)

),

measured as (

    select
        attribution_model,
        conversion_type,
        unit,
        {{ jackknife_error('removal_effect_off', 24) }} as removal_effect_error
    from centred
    group by attribution_model, conversion_type, unit

),

named as (

    select
        models.attribution_model,
        effects.conversion_type,
        cast(effects.markov_order as bigint) as markov_order,
        effects.level,
        effects.unit,
        effects.channel,
        coalesce(channels.name_zh, effects.channel) as channel_name,
        effects.removal_effect,
        measured.removal_effect_error,
        {{ interval_factor() }} * measured.removal_effect_error as margin,
        effects.share_of_effect,
        effects.conversions
    from {{ ref('int_removal_effects_shared') }} as effects
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and effects.level = models.level
            and effects.markov_order = models.markov_order
            and {{ is_of_type('models.conversion_types', 'effects.conversion_type') }}
    left join measured
        on
            models.attribution_model = measured.attribution_model
            and effects.conversion_type = measured.conversion_type
            and effects.unit = measured.unit
    left join {{ ref('channels') }} as channels
        on effects.channel = channels.channel

),

bounded as (

    select
        attribution_model,
        conversion_type,
        markov_order,
        level,
        unit,
        channel,
        channel_name,
        removal_effect,
        removal_effect_error,
        case when margin > removal_effect then 0 else removal_effect - margin end
            as removal_effect_low,
        case when removal_effect + margin > 1 then 1 else removal_effect + margin end
            as removal_effect_high,
        share_of_effect,
        conversions
    from named

)

select * from bounded
