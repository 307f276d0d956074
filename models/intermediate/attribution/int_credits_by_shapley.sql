-- One row per conversion, Shapley model of channels and touchpoint: an equal part for each channel
-- of the path. Nothing is left out of it that other paths could tell, so a conversion's credits
-- never change with them.
with {{ credits_by_shapley(
    ref('int_touchpoints_sequenced'), is_touched('touchpoints.customer_id', 'int_customers_touched')
) }}

select * from credited
