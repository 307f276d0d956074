-- One row per conversion type and event type that is one, as the seed says, and with what it leaves
-- open.
with types as (

    select
        conversion_type,
        word as event_type,
        counts,
        starts_anew,
        cast(coalesce(lookback_days, {{ var('attribution_lookback_days') }}) as int)
            as lookback_days,
        coalesce(default_value, 0) as default_value
    from {{ unnest_words(ref('conversion_types'), 'event_types') }} as words

)

select * from types
