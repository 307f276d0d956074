-- One row per conversion type, group of customers and path of channels: how often it converted, and
-- how often not. Of aggregated paths nobody knows whose they are: they are of no group.
with converted as (

    select
        touchpoints.conversion_type,
        touchpoints.conversion_id,
        coalesce(
            min(customers.sample_group), {{ sample_group('touchpoints.conversion_id') }}
        ) as sample_group,
        {{ join_words('touchpoints.channel', ' > ', 'touchpoints.touch_position') }} as path,
        count(*) as path_length,
        min(conversions.revenue) as revenue
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    inner join {{ ref('int_conversions_identified') }} as conversions
        on touchpoints.conversion_id = conversions.conversion_id
    left join {{ ref('int_customers_grouped') }} as customers
        on touchpoints.customer_id = customers.customer_id
    group by touchpoints.conversion_type, touchpoints.conversion_id

),

unioned as (

    select
        conversion_type,
        sample_group,
        path,
        path_length,
        cast(1 as double) as conversions,
        revenue,
        cast(0 as double) as non_conversions
    from converted
    union all
    select
        journeys.conversion_type,
        coalesce(
            customers.sample_group, {{ sample_group(hash_id('journeys.customer_id')) }}
        ) as sample_group,
        journeys.path,
        journeys.path_length,
        cast(0 as double) as conversions,
        cast(0 as double) as revenue,
        cast(1 as double) as non_conversions
    from {{ ref('int_journeys_unconverted') }} as journeys
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
