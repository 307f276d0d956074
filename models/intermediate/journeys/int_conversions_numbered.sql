-- One row per conversion type and happening of its kind, and the how-many-th of its customer it is:
-- paid orders that were sales, and events that the seed conversion_types names.
-- Of a deal the first time counts.
with typed as (

    select
        types.conversion_type,
        types.default_value,
        types.starts_anew,
        types.lookback_days,
        told.happening_id,
        told.order_id,
        told.customer_id,
        min(told.converted_at) as converted_at,
        {{ min_by('told.revenue', '(told.converted_at, told.event_id)') }} as revenue
    from {{ ref('int_conversions_told') }} as told
    inner join {{ ref('int_conversion_types') }} as types
        on told.event_type = types.event_type
    where {{ is_touched('told.customer_id', 'int_customers_touched') }}
    group by
        types.conversion_type, types.default_value, types.starts_anew, types.lookback_days,
        told.happening_id, told.order_id, told.customer_id

),

numbered as (

    select
        {{ hash_id("conversion_type || '|' || happening_id") }} as conversion_id,
        conversion_type,
        customer_id,
        converted_at,
        coalesce(revenue, default_value) as revenue,
        order_id,
        lookback_days,
        starts_anew,
        -- nobody knows whose it is, and so what there was before
        case when customer_id <> 'unknown' then row_number() over of_type end as conversion_number,
        case when customer_id <> 'unknown' then lag(converted_at) over of_type end
            as previous_converted_at,
        case
            when customer_id <> 'unknown'
                then max(case when conversion_type = 'lead' then converted_at end) over so_far
        end as lead_at
    from typed
    window
        of_type as (
            partition by customer_id, conversion_type order by converted_at, happening_id
        ),
        so_far as (
            partition by customer_id order by converted_at
            range between unbounded preceding and current row
        )

)

select * from numbered
