-- One row per conversion type and happening of its kind, and the how-many-th of its customer it is:
-- paid orders that were sales, and events that the seed conversion_types names.
with types as (

    select
        types.conversion_type,
        words.word as event_type,
        types.default_value,
        types.starts_anew,
        cast(coalesce(types.lookback_days, {{ var('attribution_lookback_days') }}) as int)
            as lookback_days
    from {{ ref('conversion_types') }} as types
    {{ unnest_words('types.event_types', ' ') }}

),

told as (

    select
        events.*,
        sets.customer_id,
        {{ deal_id() }} as deal_id
    from {{ ref('int_events_counted') }} as events
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on events.identifier_set_id = sets.identifier_set_id
    where
        (
            events.event_type = 'withdrawn'
            or events.event_type in (select types.event_type from types)
        )
        -- what orders tell, too
        and events.event_type <> 'purchase'
        and {{ is_touched('sets.customer_id', 'int_customers_touched') }}

),

withdrawn as (

    select distinct
        customer_id,
        deal_id
    from told
    where event_type = 'withdrawn' and deal_id is not null

),

happened as (

    select
        'purchase' as event_type,
        cast(order_id as string) as happening_id,
        order_id,
        customer_id,
        paid_at as converted_at,
        cast(gross_revenue - refunded_revenue as double) as revenue
    from {{ ref('int_orders_identified') }}
    where
        order_kind = 'sale' and paid_at is not null and order_status <> 'cancelled'
        and {{ is_touched('customer_id', 'int_customers_touched') }}
    union all
    select
        told.event_type,
        -- of a deal the first time counts
        coalesce(told.deal_id, told.event_id) as happening_id,
        cast(null as bigint) as order_id,
        told.customer_id,
        min(told.occurred_at) as converted_at,
        {{ min_by(
            "try_cast(" ~ json_text('told.properties', 'amount') ~ " as double)",
            '(told.occurred_at, told.event_id)'
        ) }} as revenue
    from told
    left join withdrawn
        on told.customer_id = withdrawn.customer_id and told.deal_id = withdrawn.deal_id
    where withdrawn.deal_id is null and told.event_type <> 'withdrawn'
    group by told.event_type, coalesce(told.deal_id, told.event_id), told.customer_id

),

numbered as (

    select
        {{ hash_id("types.conversion_type || '|' || happened.happening_id") }} as conversion_id,
        types.conversion_type,
        happened.customer_id,
        happened.converted_at,
        coalesce(happened.revenue, types.default_value, 0) as revenue,
        happened.order_id,
        types.lookback_days,
        types.starts_anew,
        -- nobody knows whose it is, and so whether there was one before
        case when happened.customer_id <> 'unknown' then row_number() over of_customer end
            as conversion_number,
        case
            when happened.customer_id <> 'unknown' then lag(happened.converted_at) over of_customer
        end as previous_converted_at
    from happened
    inner join types
        on happened.event_type = types.event_type
    window of_customer as (
        partition by happened.customer_id, types.conversion_type
        order by happened.converted_at, happened.happening_id
    )

)

select * from numbered
