-- One row per conversion type, level, group of customers and path of channels, or of what the level
-- tells apart: how often it converted, and how often not. Of aggregated paths nobody knows whose
-- they are: they are of no group, and of the levels of all models that are for them.
with levels as (

    select 'channel' as level
    union
    select level from {{ ref('attribution_models') }}
    where kind = 'markov' and {{ is_of_type('conversion_types', "'path'") }}

),

journeys as (

    select
        conversion_type,
        'channel' as level,
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
        'channel' as level,
        customer_id,
        cast(null as bigint) as sampled_id,
        path,
        path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from {{ ref('int_journeys_unconverted') }}
    union all
    select * from {{ ref('int_journeys_by_level') }}

),

unioned as (

    select
        journeys.conversion_type,
        journeys.level,
        coalesce(
            customers.sample_group,
            {{ sample_group('journeys.sampled_id') }},
            {{ sample_group(hash_id('journeys.customer_id')) }}
        ) as sample_group,
        journeys.path,
        journeys.path_length,
        journeys.conversions,
        journeys.revenue,
        journeys.non_conversions
    from journeys
    left join {{ ref('int_customers_grouped') }} as customers
        on journeys.customer_id = customers.customer_id
    -- without a single conversion there is nothing to compare with
    where
        journeys.conversion_type in (
            select numbered.conversion_type
            from {{ ref('int_conversions_numbered') }} as numbered
        )
    union all
    select
        'path' as conversion_type,
        levels.level,
        cast(null as int) as sample_group,
        paths.path,
        cast(length(paths.path) - length(replace(paths.path, ' > ', '  ')) + 1 as bigint)
            as path_length,
        paths.conversions,
        paths.revenue,
        paths.non_conversions
    from {{ ref('int_paths_arrived') }} as paths
    cross join levels

),

grouped as (

    select
        conversion_type,
        level,
        sample_group,
        path,
        cast(max(path_length) as bigint) as path_length,
        -- as decimals: a sum of doubles hangs on the order of rows. Of 28 digits, for of sums of 38
        -- Spark drops some
        cast(sum(cast(conversions as decimal(28, 8))) as decimal(28, 8)) as conversions,
        cast(sum(cast(revenue as decimal(28, 8))) as decimal(28, 8)) as revenue,
        cast(sum(cast(non_conversions as decimal(28, 8))) as decimal(28, 8)) as non_conversions
    from unioned
    group by conversion_type, level, sample_group, path

)

select * from grouped
