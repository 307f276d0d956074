-- One row per conversion type and customer with a journey since their last conversion, which has
-- not ended in one: the same rule as for conversions, what stands in the window before its end.
with types as (

    select distinct
        conversion_type,
        counts,
        lookback_days
    from {{ ref('int_conversion_types') }}

),

conversions as (

    select * from {{ ref('int_conversions_numbered') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

touches as (

    select
        customer_id,
        touchpoint_id,
        channel,
        touched_at
    from {{ ref('int_touchpoints_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ touches_since_conversion('touches', 'conversions', 'types') }},

unconverted as (

    select
        conversion_type,
        customer_id,
        {{ join_words('channel', ' > ', '-position_from_end') }} as path,
        count(*) as path_length
    from since_conversion
    group by conversion_type, customer_id

)

select * from unconverted
