{% set fields = {
    'tid': 'tid',
    'status': 'status',
    'created': 'created',
    'modified': 'modified',
    'pay_time': 'pay_time',
    'end_time': 'end_time',
    'buyer_open_uid': 'buyer_open_uid',
    'ouid': 'ouid',
    'receiver_mobile': 'receiver_mobile',
    'shop_id': 'o2o_shop_id',
    'guide_id': 'o2o_guide_id',
} %}

-- One row per line and version of a Taobao / Tmall trade. Money is the lines', not the trade's:
-- a trade's payment contains postage.
with source as (

    select * from {{ source('raw', 'taobao_trades') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

line_parsed as (

    select
        *,
        {{ json_text('element', 'oid') }} as oid,
        coalesce(
            nullif({{ json_text('element', 'outer_sku_id') }}, ''),
            nullif({{ json_text('element', 'outer_iid') }}, ''),
            nullif({{ json_text('element', 'sku_id') }}, ''),
            {{ json_text('element', 'num_iid') }}
        ) as sku,
        {{ json_text('element', 'num') }} as num,
        coalesce(
            {{ json_text('element', 'divide_order_fee') }}, {{ json_text('element', 'payment') }}
        ) as payment,
        {{ json_text('element', 'refund_status') }} as refund_status
    from {{ unnest_json_array('parsed', 'payload', '$.orders.order') }} as elements

),

renamed as (

    select
        -- ids
        event_id || ':' || oid as order_line_version_id,
        'taobao_trades' as source,
        tid as source_order_id,
        tid as replace_group,
        tid as version_group,
        modified || ' ' || event_id as version,
        {{ identifiers([
            ('taobao_open_uid', none, 'buyer_open_uid'),
            ('taobao_ouid', none, 'ouid'),
        ]) }}
        || coalesce(' ' || {{ phone_identifiers('receiver_mobile') }}, '') as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        case
            when status = 'TRADE_CLOSED_BY_TAOBAO' then 'cancelled'
            when status = 'TRADE_CLOSED' and pay_time is null then 'cancelled'
            when status = 'TRADE_CLOSED' then 'refunded'
            when status = 'TRADE_FINISHED' then 'completed'
            when pay_time is not null then 'paid'
            else 'placed'
        end as order_status,
        shop_id as store_id,
        guide_id as staff_id,
        {{ null_columns(['original_source_order_id', 'creative_id', 'content_id']) }},
        sku as item_id,

        -- booleans
        false as is_reported_by_event,

        -- numerics
        {{ whole_number('num') }} as quantity,
        {{ to_cny('payment', 'taobao_trades', 'payment') }} as gross_revenue,
        case
            when refund_status = 'SUCCESS' or (status = 'TRADE_CLOSED' and pay_time is not null)
                then {{ to_cny('payment', 'taobao_trades', 'payment') }}
            else cast(0 as decimal(18, 4))
        end as refunded_revenue,

        -- timestamps
        {{ local_to_utc('created') }} as ordered_at,
        {{ local_to_utc('pay_time') }} as paid_at,
        case
            when refund_status = 'SUCCESS' or (status = 'TRADE_CLOSED' and pay_time is not null)
                then {{ local_to_utc('modified') }}
        end as refunded_at,
        cast(null as timestamp) as cancelled_at
    from line_parsed

)

select * from renamed
