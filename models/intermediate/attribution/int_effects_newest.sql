-- One row per conversion type and channel, and one for the baseline: of the newest fit of the type.
with ranked as (

    select
        *,
        rank() over (partition by conversion_type order by fitted_at desc, fit_id desc) as fit_rank
    from {{ ref('stg_channel_effects__fits') }}

),

newest as (

    select
        effect_id,
        conversion_type,
        channel,
        all_conversions,
        conversions,
        effect_conversions,
        effect_share,
        standard_error,
        share_low,
        share_high,
        finding,
        led_conversions,
        customers,
        first_day,
        last_day,
        method,
        fitted_at
    from ranked
    where fit_rank = 1

)

select * from newest
