{% set fields = {
    'occurred': '_occurred_ms',
    'event': 'event',
    'user_id': 'userId',
    'anonymous_id': 'anonymousId',
    'email': '_traits.email',
    'phone': '_traits.phone',
    'order_id': 'properties.order_id',
    'total': 'properties.total',
    'revenue': 'properties.revenue',
    'currency': 'properties.currency',
    'item_count': '_quantity',
} %}

-- One row per order in yuan that a Segment or RudderStack SDK reported as completed.
with source as (

    select * from {{ source('raw', 'segment') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as order_line_version_id,
        'segment' as source,
        coalesce(order_id, event_id) as source_order_id,
        coalesce(order_id, event_id) as replace_group,
        coalesce(order_id, event_id) as version_group,
        -- an order reported twice counts once: the report that says most
        'reported' as version,
        trim(concat_ws(
            ' ',
            {{ person_identifiers('user_id', 'member_id') }},
            {{ phone_identifiers('phone') }},
            {{ email_identifiers('email') }},
            {{ identifiers([('cookie_id', none, 'anonymous_id')]) }}
        )) as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        'paid' as order_status,
        {{ null_columns(['store_id', 'staff_id', 'creative_id', 'content_id', 'item_id']) }},

        -- booleans
        true as is_reported_by_event,

        -- numerics
        coalesce({{ whole_number('item_count') }}, 1) as quantity,
        coalesce(
            {{ to_cny('coalesce(total, revenue)', 'segment', 'total') }},
            cast(0 as decimal(18, 4))
        ) as gross_revenue,
        cast(0 as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        {{ epoch_to_utc('occurred') }} as ordered_at,
        {{ epoch_to_utc('occurred') }} as paid_at,
        cast(null as timestamp) as refunded_at
    from parsed
    -- no exchange rate is known here: an order in dollars stays an event without money
    where event = 'Order Completed' and coalesce(upper(currency), 'CNY') in ('CNY', 'RMB')

)

select * from renamed
