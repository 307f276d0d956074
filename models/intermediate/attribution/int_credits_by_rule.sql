-- One row per conversion, rule model and touchpoint that gets credit. Credits of one conversion
-- and model sum to 1.
with touchpoints as (

    select * from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ credits_by_rule('touchpoints') }}

select * from earned
