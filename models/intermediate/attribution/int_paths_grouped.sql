-- One row per conversion type, group of customers and path of channels: how often it converted, and
-- how often not. Of aggregated paths nobody knows whose they are: they are of no group.
with journeys as (

    select
        conversion_type,
        customer_id,
        conversion_id as sampled_id,
        path,
        path_length,
        cast(1 as double) as conversions,
        revenue,
        cast(0 as double) as non_conversions
    from {{ ref('int_journeys_converted') }}
    union all
    select
        conversion_type,
        customer_id,
        {{ hash_id('customer_id') }} as sampled_id,
        path,
        path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from {{ ref('int_journeys_unconverted') }}
    -- without a single conversion there is nothing to compare with
    where conversion_type in (select known.conversion_type from {{ ref('int_conversions_numbered') }} as known)

),

unioned as (

    select
        journeys.conversion_type,
        coalesce(
            customers.sample_group, {{ sample_group('journeys.sampled_id') }}
        ) as sample_group,
        journeys.path,
        journeys.path_length,
        journeys.conversions,
        journeys.revenue,
        journeys.non_conversions
    from journeys
    left join {{ ref('int_customers_grouped') }} as customers
        on journeys.customer_id = customers.customer_id
    union all
    select
        'path' as conversion_type,
        cast(null as int) as sample_group,
        path,
        cast(length(path) - length(replace(path, ' > ', '  ')) + 1 as bigint) as path_length,
        conversions,
        revenue,
        non_conversions
    from {{ ref('int_paths_arrived') }}

),

grouped as (

    select
        conversion_type,
        sample_group,
        path,
        cast(max(path_length) as bigint) as path_length,
        -- as decimals: a sum of doubles hangs on the order of rows. Of 28 digits, for of sums of 38
        -- Spark drops some
        cast(sum(cast(conversions as decimal(28, 8))) as decimal(28, 8)) as conversions,
        cast(sum(cast(revenue as decimal(28, 8))) as decimal(28, 8)) as revenue,
        cast(sum(cast(non_conversions as decimal(28, 8))) as decimal(28, 8)) as non_conversions
    from unioned
    group by conversion_type, sample_group, path

)

select * from grouped
