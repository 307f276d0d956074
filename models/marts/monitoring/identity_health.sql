-- One row per figure of the identity graph and what it is of: how well people are known, and what
-- the rules keep apart.
with customers_counted as (

    select
        customer_id,
        is_identified,
        identifier_count,
        case
            when identifier_count = 1 then '1'
            when identifier_count <= 5 then '2-5'
            when identifier_count <= 20 then '6-20'
            when identifier_count <= 50 then '21-50'
            else 'over 50'
        end as size_class
    from {{ ref('customers') }}

),

sizes as (

    select
        'customers_by_size' as figure,
        size_class as figure_of,
        cast(count(*) as double) as figure_value
    from customers_counted
    group by size_class

),

largest as (

    select
        'largest_customer' as figure,
        'identifiers' as figure_of,
        cast(max(identifier_count) as double) as figure_value
    from customers_counted

),

identified as (

    select
        'identified_share' as figure,
        'customers' as figure_of,
        avg(cast(is_identified as double)) as figure_value
    from customers_counted

),

matched as (

    select
        'match_rate' as figure,
        events.source as figure_of,
        avg(cast(coalesce(customers_counted.is_identified, false) as double)) as figure_value
    from {{ ref('events') }} as events
    left join customers_counted
        on events.customer_id = customers_counted.customer_id
    where events.exclusion_reason is null
    group by events.source

),

-- of the devices and cookies of identified customers: how many a customer has
fragmented as (

    select
        'identifiers_per_identified_customer' as figure,
        identifiers.identifier_type as figure_of,
        cast(count(*) as double) / count(distinct identifiers.customer_id) as figure_value
    from {{ ref('customer_identifiers') }} as identifiers
    inner join customers_counted
        on identifiers.customer_id = customers_counted.customer_id
    where customers_counted.is_identified
    group by identifiers.identifier_type

),

rejected as (

    select
        'rejected_links' as figure,
        rejected_by as figure_of,
        cast(count(*) as double) as figure_value
    from {{ ref('identifier_links') }}
    where not is_trusted
    group by rejected_by

),

unioned as (

    select * from sizes
    union all
    select * from largest
    union all
    select * from identified
    union all
    select * from matched
    union all
    select * from fragmented
    union all
    select * from rejected

),

typed as (

    select
        figure,
        figure_of,
        cast(figure_value as double) as figure_value
    from unioned
    where figure_value is not null

)

select * from typed
