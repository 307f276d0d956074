-- One row per conversion and touchpoint in its look-back window, in order; conversions without
-- one have none here. Aggregated paths of declared files stand beside them, without times.
with conversions as (

    select * from {{ ref('int_conversions_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ sequenced_touchpoints(ref('int_touchpoints_identified'), 'conversions') }},

unioned as (

    select * from sequenced
    union all
    select * from {{ ref('int_paths_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

)

select * from unioned
