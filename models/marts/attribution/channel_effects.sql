-- One row per conversion type and channel, and one for the baseline: what the newest fit says would
-- not have been without it. An estimate of effect; no credit of the ledger comes from here.
with ranked as (

    select
        *,
        rank() over (partition by conversion_type order by fitted_at desc, fit_id desc) as fit_rank
    from {{ ref('stg_channel_effects__fits') }}

),

named as (

    select
        fits.conversion_type,
        fits.channel,
        coalesce(channels.name_zh, fits.channel) as channel_name,
        fits.all_conversions,
        fits.conversions,
        fits.effect_conversions,
        fits.effect_share,
        fits.standard_error,
        fits.share_low,
        fits.share_high,
        fits.finding,
        fits.led_conversions,
        fits.customers,
        fits.first_day,
        fits.last_day,
        fits.method,
        fits.fitted_at
    from ranked as fits
    left join {{ ref('channels') }} as channels
        on fits.channel = channels.channel
    where fits.fit_rank = 1

)

select * from named
