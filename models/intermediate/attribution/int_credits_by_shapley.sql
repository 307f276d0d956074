-- One row per conversion, Shapley model of channels and touchpoint: an equal part for each channel
-- of the path. Nothing is left out of it that other paths could tell, so a conversion's credits
-- never change with them.
with touchpoints as (

    select * from {{ ref('int_touchpoints_sequenced') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

{{ credits_by_shapley('touchpoints') }}

select * from credited
