-- One row per fit of effects, channel and day.
with source as (

    select * from {{ source('raw', 'channel_effect_days') }}

),

renamed as (

    select
        -- ids
        effect_day_id,
        effect_id,
        _dlt_load_id as load_id,

        -- numerics
        effect_conversions,

        -- dates
        effect_date
    from source

)

select * from renamed
