{% set fields = {
    'order_number': 'orderId',
    'state': 'orderState',
    'order_payment': 'orderPayment',
    'freight': 'freightPrice',
    'started': 'orderStartTime',
    'ended': 'orderEndTime',
    'confirmed': 'paymentConfirmTime',
    'modified': 'modified',
    'buyer': 'openIdBuyer',
    'app_key': '_app_key',
} %}

-- One row per line and version of a JD order. JD tells what was paid for the order: without the
-- postage it is shared out over the lines by their list prices, to the fen.
with source as (

    select * from {{ source('raw', 'jd_orders') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

line_parsed as (

    select
        *,
        {{ json_text('element', 'skuId') }} as sku_id,
        {{ json_text('element', 'outerSkuId') }} as outer_sku_id,
        coalesce({{ whole_number(json_text('element', 'itemTotal')) }}, 1) as quantity,
        coalesce(try_cast({{ json_text('element', 'jdPrice') }} as double), 0) as list_price,
        element as line
    from {{ unnest_json_array('parsed', 'payload', '$.itemInfoList') }} as elements

),

numbered as (

    select
        *,
        row_number() over (partition by event_id order by sku_id, line) as line_number,
        {{ to_cny('order_payment', 'jd_orders', 'orderPayment') }}
        - coalesce({{ to_cny('freight', 'jd_orders', 'freightPrice') }}, 0) as order_amount,
        -- year 1: nothing was paid yet; what is paid on delivery is paid when it is finished
        case
            when confirmed > '0001-01-02' then confirmed
            when state = 'FINISHED_L' then coalesce(ended, modified)
        end as paid_time
    from line_parsed

),

shared as (

    select
        *,
        {{ shared_out('order_amount', '(list_price * quantity)', 'event_id', 'line_number') }}
            as amount,
        state = 'TRADE_CANCELED' and paid_time is not null as is_refunded
    from numbered

),

renamed as (

    select
        -- ids
        event_id || ':' || cast(line_number as string) as order_line_version_id,
        'jd_orders' as source,
        order_number as source_order_id,
        order_number as replace_group,
        order_number as version_group,
        modified || ' ' || event_id as version,
        {{ identifiers([('jd_open_id', "coalesce(app_key, '')", 'buyer')]) }} as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        case
            when is_refunded then 'refunded'
            when state = 'TRADE_CANCELED' then 'cancelled'
            when state = 'FINISHED_L' then 'completed'
            when paid_time is not null then 'paid'
            else 'placed'
        end as order_status,
        {{ null_columns([
            'original_source_order_id', 'store_id', 'staff_id', 'creative_id', 'content_id'
        ]) }},
        coalesce(nullif(outer_sku_id, ''), sku_id) as item_id,

        -- booleans
        false as is_reported_by_event,

        -- numerics
        quantity,
        amount as gross_revenue,
        case when is_refunded then amount else cast(0 as decimal(18, 4)) end as refunded_revenue,

        -- timestamps
        {{ local_to_utc('started') }} as ordered_at,
        {{ local_to_utc('paid_time') }} as paid_at,
        case when is_refunded then {{ local_to_utc('modified') }} end as refunded_at,
        cast(null as timestamp) as cancelled_at
    from shared

)

select * from renamed
