-- One row per conversion type and event type that is one, as the seed says, and with what it leaves
-- open.
with types as (

    select
        types.conversion_type,
        words.word as event_type,
        types.counts,
        types.starts_anew,
        cast(coalesce(types.lookback_days, {{ var('attribution_lookback_days') }}) as int)
            as lookback_days,
        coalesce(types.default_value, 0) as default_value
    from {{ ref('conversion_types') }} as types
    {{ unnest_words('types.event_types', ' ') }}

)

select * from types
