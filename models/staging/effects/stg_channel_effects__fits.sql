-- One row per fit of effects and channel.
with source as (

    select * from {{ source('raw', 'channel_effects') }}

),

renamed as (

    select
        -- ids
        effect_id,
        fit_id,
        _dlt_load_id as load_id,

        -- strings
        method,
        conversion_type,
        channel,
        finding,

        -- numerics
        all_conversions,
        conversions,
        effect_conversions,
        effect_share,
        standard_error,
        share_low,
        share_high,
        led_conversions,
        customers,

        -- dates
        first_day,
        last_day,

        -- timestamps
        {{ utc_timestamp('fitted_at') }} as fitted_at
    from source

)

select * from renamed
