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
        coalesce(told.deal_id || '|' || told.customer_id, told.event_id) as happening_id,
        cast(null as bigint) as order_id,
        told.customer_id,
        told.occurred_at as converted_at,
        try_cast({{ json_text('told.properties', 'amount') }} as double) as revenue
    from told
    left join withdrawn
        on told.customer_id = withdrawn.customer_id and told.deal_id = withdrawn.deal_id
    where withdrawn.deal_id is null and told.event_type <> 'withdrawn'

),

-- of a deal the first time counts
typed as (

    select
        types.conversion_type,
        types.default_value,
        types.starts_anew,
        types.lookback_days,
        happened.happening_id,
        happened.order_id,
        happened.customer_id,
        min(happened.converted_at) as converted_at,
        {{ min_by('happened.revenue', '(happened.converted_at, happened.event_type)') }} as revenue
    from happened
    inner join types
        on happened.event_type = types.event_type
    group by
        types.conversion_type, types.default_value, types.starts_anew, types.lookback_days,
        happened.happening_id, happened.order_id, happened.customer_id

),

numbered as (

    select
        {{ hash_id("conversion_type || '|' || happening_id") }} as conversion_id,
        conversion_type,
        customer_id,
        converted_at,
        coalesce(revenue, default_value, 0) as revenue,
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
