-- One row per conversion, rule model and touchpoint that gets credit. Credits of one conversion
-- and model sum to 1.
with {{ credits_by_rule(
    ref('int_touchpoints_sequenced'), is_touched('touchpoints.customer_id', 'int_customers_touched')
) }}

select * from earned
