-- One row per conversion that was touched: the path that led to it.
with sequenced as (

    select
        conversion_id,
        conversion_type,
        customer_id,
        {{ join_words('channel', ' > ', 'touch_position') }} as path,
        count(*) as path_length
    from {{ ref('int_touchpoints_sequenced') }}
    -- aggregated paths are paths already, and no conversions
    where customer_id <> 'aggregated' and {{ is_touched('customer_id', 'int_customers_touched') }}
    group by conversion_id, conversion_type, customer_id

),

valued as (

    select
        sequenced.conversion_id,
        sequenced.conversion_type,
        sequenced.customer_id,
        sequenced.path,
        sequenced.path_length,
        conversions.revenue
    from sequenced
    inner join {{ ref('int_conversions_identified') }} as conversions
        on sequenced.conversion_id = conversions.conversion_id
    where {{ is_touched('conversions.customer_id', 'int_customers_touched') }}

)

select * from valued
