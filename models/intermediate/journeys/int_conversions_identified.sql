-- One row per conversion, of a customer or of nobody known, and when its path can begin.
with counted as (

    select
        numbered.*,
        {{ days_before('numbered.converted_at', 'numbered.lookback_days') }} as looks_back_to
    from {{ ref('int_conversions_numbered') }} as numbered
    inner join {{ ref('conversion_types') }} as types
        on numbered.conversion_type = types.conversion_type
    where
        types.counts = 'every'
        or (types.counts = 'new' and coalesce(numbered.conversion_number, 1) = 1)
        or (types.counts = 'repeat' and numbered.conversion_number > 1)

),

conversions as (

    select
        conversion_id,
        conversion_type,
        customer_id,
        converted_at,
        revenue,
        order_id,
        conversion_number,
        case
            when starts_anew
                then greatest(looks_back_to, coalesce(previous_converted_at, looks_back_to))
            else looks_back_to
        end as window_started_at,
        lead_at
    from counted

)

select * from conversions
