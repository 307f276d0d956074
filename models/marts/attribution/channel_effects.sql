-- One row per conversion type and channel, and one for the baseline: what the newest fit says would
-- not have been without it. An estimate of effect; no credit of the ledger comes from here.
with named as (

    select
        effects.conversion_type,
        effects.channel,
        coalesce(channels.name_zh, effects.channel) as channel_name,
        effects.all_conversions,
        effects.conversions,
        effects.effect_conversions,
        effects.effect_share,
        effects.standard_error,
        effects.share_low,
        effects.share_high,
        effects.finding,
        effects.led_conversions,
        effects.customers,
        effects.first_day,
        effects.last_day,
        effects.method,
        effects.fitted_at
    from {{ ref('int_effects_newest') }} as effects
    left join {{ ref('channels') }} as channels
        on effects.channel = channels.channel

)

select * from named
