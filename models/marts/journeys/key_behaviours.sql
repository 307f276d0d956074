-- One row per conversion type, event type and how often it was done in the first days of a journey:
-- how many of those who did it converted in the days after, beside those who did not do it at all.
with totals as (

    select
        conversion_type,
        count(*) as customers,
        sum(conversions) as conversions
    from {{ ref('int_journeys_followed') }}
    group by conversion_type

),

compared as (

    select
        counted.conversion_type,
        counted.event_type,
        counted.depth,
        counted.customers as customers_with,
        cast(counted.conversions as bigint) as conversions_with,
        cast(totals.customers - sum(counted.customers) over at_all as bigint)
            as customers_without,
        cast(totals.conversions - sum(counted.conversions) over at_all as bigint)
            as conversions_without
    from {{ ref('int_behaviours_counted') }} as counted
    inner join totals
        on counted.conversion_type = totals.conversion_type
    window at_all as (partition by counted.conversion_type, counted.event_type)

),

rated as (

    select
        *,
        cast(conversions_with as double) / customers_with as conversion_rate_with,
        cast(conversions_without as double) / customers_without as conversion_rate_without,
        cast(conversions_with as double) / customers_with
        / nullif(cast(conversions_without as double) / customers_without, 0) as rate_ratio,
        -- of its logarithm: D. Katz et al., Biometrics 34 (1978), 469-474
        sqrt(
            1e0 / nullif(conversions_with, 0) - 1e0 / customers_with
            + 1e0 / nullif(conversions_without, 0) - 1e0 / customers_without
        ) as log_error
    from compared
    where
        customers_with >= {{ var('pattern_min_journeys') }}
        and customers_without >= {{ var('pattern_min_journeys') }}

),

bounded as (

    select
        rated.conversion_type,
        rated.event_type,
        event_types.name_zh as event_name,
        rated.depth,
        rated.customers_with,
        rated.conversions_with,
        rated.conversion_rate_with,
        rated.customers_without,
        rated.conversions_without,
        rated.conversion_rate_without,
        rated.rate_ratio,
        {{ ratio_bound('rated.rate_ratio', 'rated.log_error', '-') }} as rate_ratio_from,
        {{ ratio_bound('rated.rate_ratio', 'rated.log_error', '+') }} as rate_ratio_to
    from rated
    inner join {{ ref('event_types') }} as event_types
        on rated.event_type = event_types.event_type

)

select * from bounded
