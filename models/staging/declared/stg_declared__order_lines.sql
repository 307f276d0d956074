{% set fields = {
    'declared_source': 'source',
    'identifiers': 'identifiers',
    'event': 'event',
    'order_id': 'order_id',
    'original_order_id': 'original_order_id',
    'line_id': 'line_id',
    'amount': 'amount',
    'value': 'value',
    'quantity': 'quantity',
    'unit_price': 'unit_price',
    'refunded': 'refunded',
    'product': 'product',
    'status': 'status',
    'store': 'store',
    'money_unit': 'money_unit',
    'currency': 'currency',
    'row_key': 'key',
    'occurred_at_utc': 'occurred_at',
    'updated_at_utc': 'updated_at',
} %}

-- One row per line of a declared order; a touch file's conversions are orders of one line.
with source as (

    select * from {{ source('raw', 'declared') }}
    where record_type in ('orders', 'touches', 'events')

),

parsed as (

    {{ parse_payload('source', fields) }}

),

orders as (

    select
        *,
        {{ local_date('try_cast(occurred_at_utc as timestamp)') }} as order_date,
        coalesce(order_id, row_key, event_id) as source_order_id,
        coalesce(
            try_cast(coalesce(amount, value) as decimal(18, 4)),
            cast(
                try_cast(coalesce(quantity, '1') as decimal(18, 4))
                * try_cast(unit_price as decimal(18, 4)) as decimal(18, 4)
            ),
            cast(0 as decimal(18, 4))
        ) as amount_in_unit
    from parsed
    where record_type = 'orders' or event = 'purchase'

),

-- an order that is refunded and does not say how much was refunded in whole
refunded as (

    select
        *,
        coalesce(
            try_cast(refunded as decimal(18, 4)),
            case when status = 'refunded' and amount_in_unit > 0 then amount_in_unit end,
            cast(0 as decimal(18, 4))
        ) as refunded_in_unit
    from orders

),

rates as (

    {{ dated_rates('declared') }}

),

renamed as (

    select
        -- ids
        orders.event_id as order_line_version_id,
        orders.declared_source as source,
        orders.source_order_id,
        orders.declared_source || ':' || orders.source_order_id as replace_group,
        -- without a key every row is a line of its own; with one, its rows are versions; a
        -- conversion among touches that names its order again is a report of the same
        case
            when orders.record_type = 'orders' then coalesce(orders.row_key, orders.event_id)
            else orders.source_order_id
        end as version_group,
        case
            when orders.record_type = 'orders'
                then
                    coalesce(orders.updated_at_utc, orders.occurred_at_utc)
                    || ' ' || cast(orders.received_at as string) || ' ' || orders.event_id
            else 'reported'
        end as version,
        coalesce(orders.identifiers, '') as identifiers,
        orders.load_id,

        -- strings
        case when orders.amount_in_unit < 0 then 'return' else 'sale' end as order_kind,
        case when orders.amount_in_unit < 0 then orders.original_order_id end
            as original_source_order_id,
        coalesce(orders.status, 'paid') as order_status,
        orders.store as store_id,
        {{ null_columns(['staff_id', 'creative_id', 'content_id']) }},
        orders.product as item_id,

        -- booleans
        orders.record_type <> 'orders' as is_reported_by_event,

        -- numerics
        cast(floor(coalesce(try_cast(orders.quantity as decimal(18, 4)), 1)) as bigint) as quantity,
        cast(orders.amount_in_unit * rates.to_cny as decimal(18, 4)) as gross_revenue,
        cast(orders.refunded_in_unit * rates.to_cny as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        try_cast(orders.occurred_at_utc as timestamp) as ordered_at,
        case
            when coalesce(orders.status, 'paid') not in ('placed', 'cancelled')
                then try_cast(orders.occurred_at_utc as timestamp)
        end as paid_at,
        case
            when orders.refunded_in_unit > 0
                then try_cast(coalesce(orders.updated_at_utc, orders.occurred_at_utc) as timestamp)
        end as refunded_at,
        -- a row without a key was none before; a file that does not say when says it since its load
        case
            when orders.status = 'cancelled' and orders.row_key is not null
                then coalesce(try_cast(orders.updated_at_utc as timestamp), orders.received_at)
        end as cancelled_at
    from refunded as orders
    left join rates
        on
            orders.money_unit = rates.field
            and coalesce(orders.currency, 'CNY') = rates.currency
            and orders.order_date >= rates.valid_from
            and orders.order_date < rates.valid_until

)

select * from renamed
