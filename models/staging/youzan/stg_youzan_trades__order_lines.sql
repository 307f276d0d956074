{% set fields = {
    'tid': 'order_info.tid',
    'status': 'order_info.status',
    'refund_state': 'order_info.refund_state',
    'created': 'order_info.created',
    'pay_time': 'order_info.pay_time',
    'updated': 'order_info.update_time',
    'store_number': 'order_info.offline_id',
    'yz_open_id': 'buyer_info.yz_open_id',
    'union_id': 'buyer_info.unionid',
    'buyer_phone': 'buyer_info.buyer_phone',
    'refunds': 'refund_order',
} %}

-- One row per line and version of a Youzan trade. Money is the lines', without postage.
with source as (

    select * from {{ source('raw', 'youzan_trades') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

line_parsed as (

    select
        *,
        {{ json_text('element', 'oid') }} as oid,
        {{ json_text('element', 'outer_sku_id') }} as outer_sku_id,
        {{ json_text('element', 'item_id') }} as item_number,
        {{ json_text('element', 'num') }} as num,
        {{ json_text('element', 'payment') }} as payment
    from {{ unnest_json_array('parsed', 'payload', '$.orders') }} as elements

),

-- 12 is a refund in full; a part of it, 2, is a line of its own: stg_youzan_trades__refund_lines
judged as (

    select
        *,
        coalesce(
            refund_state = '12'
            or (status = 'TRADE_CLOSED' and coalesce(refund_state, '') <> '2'),
            false
        ) and coalesce(pay_time, '') <> '' as is_refunded
    from line_parsed

),

renamed as (

    select
        -- ids
        event_id || ':' || oid as order_line_version_id,
        'youzan_trades' as source,
        tid as source_order_id,
        tid as replace_group,
        tid as version_group,
        -- of one state of a trade, the answer that tells its refunds says more
        updated || case when refunds is null then ' 0 ' else ' 1 ' end || event_id as version,
        {{ identifiers([
            ('wechat_union_id', none, 'union_id'),
            ('youzan_open_id', none, 'yz_open_id'),
        ]) }}
        || coalesce(' ' || {{ phone_identifiers('buyer_phone') }}, '') as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        case
            when is_refunded then 'refunded'
            when status = 'TRADE_CLOSED' and coalesce(pay_time, '') = '' then 'cancelled'
            when status in ('TRADE_SUCCESS', 'TRADE_CLOSED') then 'completed'
            when pay_time <> '' then 'paid'
            else 'placed'
        end as order_status,
        nullif(store_number, '0') as store_id,
        {{ null_columns(['original_source_order_id', 'staff_id', 'creative_id', 'content_id']) }},
        coalesce(nullif(outer_sku_id, ''), item_number) as item_id,

        -- booleans
        false as is_reported_by_event,

        -- numerics
        {{ whole_number('num') }} as quantity,
        {{ to_cny('payment', 'youzan_trades', 'payment') }} as gross_revenue,
        -- of a trade refunded in part the list of trades does not say how much
        case
            when is_refunded then {{ to_cny('payment', 'youzan_trades', 'payment') }}
            when coalesce(refund_state, '') <> '2' or refunds is not null
                then cast(0 as decimal(18, 4))
        end as refunded_revenue,

        -- timestamps
        {{ local_to_utc('created') }} as ordered_at,
        {{ local_to_utc("nullif(pay_time, '')") }} as paid_at,
        case when is_refunded then {{ local_to_utc('updated') }} end as refunded_at,
        cast(null as timestamp) as cancelled_at
    from judged

)

select * from renamed
