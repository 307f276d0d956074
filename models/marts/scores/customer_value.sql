-- One row per customer who has bought: whether they will again, how often and for how much in the
-- next days. Fitted by `python -m ingestion scores`, reckoned here.
with parameters as (

    select
        max(fit_id) as model_version,
        max(case when name = 'r' then value end) as r,
        max(case when name = 'alpha' then value end) as alpha,
        max(case when name = 'a' then value end) as a,
        max(case when name = 'b' then value end) as b,
        max(case when name = 'p' then value end) as p,
        max(case when name = 'q' then value end) as q,
        max(case when name = 'v' then value end) as v
    from {{ ref('int_score_figures_newest') }}
    where score_name = 'customer_value' and kind = 'parameter' and is_published

),

described as (

    select
        counted.*,
        parameters.*,
        counted.days_to_last_purchase / cast(7 as double) as t_x,
        counted.days_observed / cast(7 as double) as t,
        {{ var('value_horizon_days') }} / cast(7 as double)
        / (parameters.alpha + counted.days_observed / cast(7 as double)) as ahead,
        {{ series_parameters('counted.repeat_purchases') }}
    from {{ ref('int_repeat_purchases_counted') }} as counted
    cross join parameters

),

alive as (

    select
        *,
        {{ p_alive('repeat_purchases', 't_x', 't') }} as alive_probability,
        {{ rest_of_series('repeat_purchases', 'ahead', 60) }} as from_60
    from described

),

-- 60 terms, the last ones first
{% for first in [40, 20, 0] %}
    summed_from_{{ first }} as (

        select
            *,
            {{ terms_of_series(
                'repeat_purchases', 'ahead', first, first + 20, 'from_' ~ (first + 20)
            ) }} as from_{{ first }}
        from {{ 'alive' if loop.first else 'summed_from_' ~ (first + 20) }}

    ),

{% endfor %}
valued as (

    select
        *,
        {{ expected_purchases('repeat_purchases', 'ahead', 'alive_probability', 'from_0') }}
            as purchases,
        -- of who bought once only the average is known; a tail that has no mean has none
        case
            when p * repeat_purchases + q > 1
                then
                    p * (v + coalesce(repeat_value, 0) * repeat_purchases)
                    / (p * repeat_purchases + q - 1)
        end as purchase_value
    from summed_from_0

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
