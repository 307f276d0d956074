-- One row per customer who is known: what scores are made of, at the end of the data.
with {{ customer_features('dates.snapshot_number = 0') }}

select * from features
