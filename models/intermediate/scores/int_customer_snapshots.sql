-- One row per customer and day in the past on which they were known: what scores were made of then,
-- and when they bought next. Only training reads it.
with {{ customer_features('dates.snapshot_number > 0') }},

outcomes as (

    select
        features.customer_id,
        features.as_of_date,
        min(days.purchase_date) as next_purchase_date
    from features
    inner join {{ ref('int_purchase_days') }} as days
        on
            features.customer_id = days.customer_id
            and features.as_of_date < days.purchase_date
    where days.purchase_count > 0
    group by features.customer_id, features.as_of_date

),

followed as (

    select
        features.*,
        {{ days_between('features.as_of_date', 'outcomes.next_purchase_date') }}
            as days_to_purchase
    from features
    left join outcomes
        on
            features.customer_id = outcomes.customer_id
            and features.as_of_date = outcomes.as_of_date

)

select * from followed
