{% set fields = {
    'tid': 'order_info.tid',
    'refund_state': 'order_info.refund_state',
    'updated': 'order_info.update_time',
} %}

-- One row per refund and version of a Youzan trade that was paid back in part: a line that adds
-- the refund to its order. It is replaced together with the trade's other lines.
with source as (

    select * from {{ source('raw', 'youzan_trades') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

refund_parsed as (

    select
        *,
        {{ json_text('element', 'refund_id') }} as refund_id,
        {{ json_text('element', 'refund_fee') }} as refund_fee,
        {{ json_text('element', 'refund_state') }} as state_of_refund
    from {{ unnest_json_array('parsed', 'payload', '$.refund_order') }} as elements

),

renamed as (

    select
        -- ids
        event_id || ':refund:' || refund_id as order_line_version_id,
        'youzan_trades' as source,
        tid as source_order_id,
        tid as replace_group,
        tid as version_group,
        updated || ' 1 ' || event_id as version,
        '' as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        {{ null_columns([
            'original_source_order_id', 'order_status', 'store_id', 'staff_id', 'creative_id',
            'content_id', 'item_id'
        ]) }},

        -- booleans
        false as is_reported_by_event,

        -- numerics
        cast(0 as bigint) as quantity,
        cast(0 as decimal(18, 4)) as gross_revenue,
        {{ to_cny('refund_fee', 'youzan_trades', 'refund_fee') }} as refunded_revenue,

        -- timestamps
        cast(null as timestamp) as ordered_at,
        cast(null as timestamp) as paid_at,
        {{ local_to_utc('updated') }} as refunded_at,
        cast(null as timestamp) as cancelled_at
    from refund_parsed
    -- 60: paid back; a trade refunded in full says so itself
    where refund_state = '2' and state_of_refund = '60'

)

select * from renamed
