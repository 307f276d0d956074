-- One row per conversion and day on which money of it was booked: what it brought on its own day,
-- and what was paid back on later ones.
with conversions as (

    select
        conversion_id,
        conversion_type,
        customer_id,
        order_id,
        converted_at,
        cast(revenue as decimal(18, 4)) as revenue
    from {{ ref('int_conversions_identified') }}
    where {{ is_touched('customer_id', 'int_customers_touched') }}

),

refunded as (

    select
        conversions.conversion_id,
        -- what a source does not date is taken from the day of the purchase
        coalesce(refunds.refunded_at, conversions.converted_at) as refunded_at,
        refunds.refunded_revenue
    from conversions
    inner join {{ ref('int_orders_identified') }} as orders
        on conversions.order_id = orders.order_id
    inner join {{ ref('int_refunds_dated') }} as refunds
        on
            orders.source = refunds.source
            and orders.replace_group = refunds.replace_group
            and orders.source_order_id = refunds.source_order_id
    union all
    select
        conversions.conversion_id,
        returned.returned_at as refunded_at,
        returned.returned_revenue as refunded_revenue
    from conversions
    inner join {{ ref('int_orders_returned') }} as returned
        on conversions.order_id = returned.order_id

),

refunds_by_day as (

    select
        conversion_id,
        {{ local_date('refunded_at') }} as posting_date,
        sum(refunded_revenue) as refunded_revenue
    from refunded
    group by conversion_id, {{ local_date('refunded_at') }}

),

refunds_by_conversion as (

    select
        conversion_id,
        sum(refunded_revenue) as refunded_revenue
    from refunds_by_day
    group by conversion_id

),

posted as (

    select
        conversions.*,
        'conversion' as posting_kind,
        {{ local_date('conversions.converted_at') }} as posting_date,
        conversions.revenue + coalesce(refunds.refunded_revenue, 0) as amount
    from conversions
    left join refunds_by_conversion as refunds
        on conversions.conversion_id = refunds.conversion_id
    union all
    select
        conversions.*,
        'refund' as posting_kind,
        refunds.posting_date,
        -refunds.refunded_revenue as amount
    from conversions
    inner join refunds_by_day as refunds
        on conversions.conversion_id = refunds.conversion_id

),

named as (

    select
        cast({{ hash_id(
            "concat_ws('|', cast(conversion_id as string), posting_kind, cast(posting_date as string))"
        ) }} as string) as posting_id,
        cast(conversion_id as string) as conversion_id,
        conversion_type,
        customer_id,
        {{ local_date('converted_at') }} as conversion_date,
        posting_kind,
        posting_date,
        cast(amount as decimal(18, 4)) as amount
    from posted

)

select * from named
