-- One row per customer who has bought: whether they will again, how often and for how much in the
-- next days. Fitted by `python -m ingestion scores`, reckoned here.
with bought as (

    select
        days.customer_id,
        dates.as_of_date,
        days.purchase_date,
        days.order_count,
        days.net_revenue,
        min(case when days.order_count > 0 then days.purchase_date end)
            over (partition by days.customer_id) as first_order_date
    from {{ ref('int_purchase_days') }} as days
    inner join {{ ref('int_score_dates') }} as dates
        on days.purchase_date <= dates.as_of_date
    where dates.snapshot_number = 0

),

-- orders of one day are one purchase
counted as (

    select
        customer_id,
        as_of_date,
        first_order_date,
        max(case when order_count > 0 then purchase_date end) as last_order_date,
        count(case when order_count > 0 then 1 end) - 1 as repeat_purchases,
        sum(case when purchase_date > first_order_date then net_revenue else 0 end)
            as repeat_revenue
    from bought
    where first_order_date is not null
    group by customer_id, as_of_date, first_order_date

),

timed as (

    select
        *,
        cast({{ days_between('first_order_date', 'last_order_date') }} as bigint)
            as days_to_last_purchase,
        cast({{ days_between('first_order_date', 'as_of_date') }} as bigint) as days_observed,
        cast(
            greatest(repeat_revenue, 0) / cast(nullif(repeat_purchases, 0) as double) as double
        ) as repeat_value
    from counted

),

parameters as (

    select
        max(fit_id) as model_version
        {%- for parameter in ['r', 'alpha', 'a', 'b', 'p', 'q', 'v'] %},
            max(case when name = '{{ parameter }}' then value end) as {{ parameter }}
        {%- endfor %}
    from {{ ref('int_score_figures_newest') }}
    where score_name = 'customer_value' and kind = 'parameter' and is_published

),

described as (

    select
        timed.*,
        parameters.*,
        timed.days_to_last_purchase / cast(7 as double) as t_x,
        timed.days_observed / cast(7 as double) as t,
        {{ var('value_horizon_days') }} / cast(7 as double)
        / (parameters.alpha + timed.days_observed / cast(7 as double)) as ahead
    from timed
    cross join parameters

),

alive as (

    select
        *,
        {{ p_alive('repeat_purchases', 't_x', 't') }} as alive_probability
    from described

),

valued as (

    select
        *,
        {{ expected_purchases('repeat_purchases', 'ahead', 'alive_probability') }}
            as purchases,
        -- of who bought once only the average is known; a tail that has no mean has none
        case
            when p * repeat_purchases + q > 1
                then
                    p * (v + coalesce(repeat_value, 0) * repeat_purchases)
                    / (p * repeat_purchases + q - 1)
        end as purchase_value
    from alive

),

reckoned as (

    select
        customer_id,
        as_of_date,
        first_order_date,
        repeat_purchases,
        days_to_last_purchase,
        days_observed,
        repeat_value,
        alive_probability,
        purchases as expected_purchases,
        purchase_value as expected_purchase_value,
        purchases * purchase_value as expected_value,
        cast({{ var('value_horizon_days') }} as bigint) as horizon_days,
        model_version
    from valued

)

select * from reckoned
