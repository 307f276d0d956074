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

-- One row per order that a Segment or RudderStack SDK reported as completed.
with source as (

    select * from {{ source('raw', 'segment') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

rates as (

    {{ dated_rates('segment') }}

),

-- an order in a currency that has no rate stays an event without money
completed as (

    {%- set reported_at = 'coalesce(' ~ epoch_to_utc('parsed.occurred') ~ ', parsed.received_at)' %}

    select
        parsed.*,
        rates.to_cny
    from parsed
    inner join rates
        on
            rates.field = 'total'
            and coalesce(upper(parsed.currency), 'CNY') = rates.currency
            and {{ local_date(reported_at) }} >= rates.valid_from
            and {{ local_date(reported_at) }} < rates.valid_until
    where parsed.event = 'Order Completed'

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
        {{ null_columns([
            'original_source_order_id', 'store_id', 'staff_id', 'creative_id', 'content_id',
            'item_id'
        ]) }},

        -- booleans
        true as is_reported_by_event,

        -- numerics
        coalesce({{ whole_number('item_count') }}, 1) as quantity,
        coalesce(
            cast(try_cast(coalesce(total, revenue) as decimal(18, 4)) * to_cny as decimal(18, 4)),
            cast(0 as decimal(18, 4))
        ) as gross_revenue,
        cast(0 as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        {{ epoch_to_utc('occurred') }} as ordered_at,
        {{ epoch_to_utc('occurred') }} as paid_at,
        cast(null as timestamp) as refunded_at,
        cast(null as timestamp) as cancelled_at
    from completed

)

select * from renamed
