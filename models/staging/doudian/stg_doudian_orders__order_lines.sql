{% set fields = {
    'order_number': 'order_id',
    'shop_id': 'shop_id',
    'buyer': 'doudian_open_id',
    'status': 'order_status',
    'created': 'create_time',
    'paid': 'pay_time',
    'finished': 'finish_time',
    'updated': 'update_time',
} %}

-- One row per line and version of a Douyin shop order. Money is what was paid for the line less
-- its postage. Refunds come by themselves: stg_doudian_aftersales__order_lines.
with source as (

    select * from {{ source('raw', 'doudian_orders') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

line_parsed as (

    select
        *,
        {{ json_text('element', 'order_id') }} as line_number,
        {{ json_text('element', 'item_num') }} as item_num,
        {{ json_text('element', 'pay_amount') }} as pay_amount,
        {{ json_text('element', 'post_amount') }} as post_amount,
        {{ json_text('element', 'out_sku_id') }} as out_sku_id,
        {{ json_text('element', 'code') }} as sku_code,
        {{ json_text('element', 'sku_id') }} as sku_id,
        {{ json_text('element', 'cid') }} as creative,
        {{ json_text('element', 'room_id') }} as room_id,
        {{ json_text('element', 'video_id') }} as video_id,
        {{ json_text('element', 'content_id') }} as other_content,
        {{ json_text('element', 'author_id') }} as author_id,
        {{ json_text('element', 'store_info.store_id') }} as store_number
    from {{ unnest_json_array('parsed', 'payload', '$.sku_order_list') }} as elements

),

renamed as (

    select
        -- ids
        event_id || ':' || line_number as order_line_version_id,
        'doudian_orders' as source,
        order_number as source_order_id,
        order_number as replace_group,
        order_number as version_group,
        updated || ' ' || event_id as version,
        {{ identifiers([('doudian_open_id', "coalesce(shop_id, '')", 'buyer')]) }} as identifiers,
        load_id,

        -- strings
        'sale' as order_kind,
        case
            when status = '4' then 'cancelled'
            when status = '5' then 'completed'
            when coalesce(paid, '0') <> '0' then 'paid'
            else 'placed'
        end as order_status,
        nullif(store_number, '') as store_id,
        {{ null_columns(['original_source_order_id', 'staff_id']) }},
        nullif(creative, '0') as creative_id,
        -- the live room it was bought in, or else the video, or else whose showcase
        coalesce(
            nullif(room_id, '0'), nullif(video_id, ''), nullif(other_content, ''),
            nullif(author_id, '0')
        ) as content_id,
        coalesce(nullif(out_sku_id, ''), nullif(sku_code, ''), sku_id) as item_id,

        -- booleans
        false as is_reported_by_event,

        -- numerics
        {{ whole_number('item_num') }} as quantity,
        cast(
            {{ to_cny('pay_amount', 'doudian_orders', 'pay_amount') }}
            - coalesce({{ to_cny('post_amount', 'doudian_orders', 'post_amount') }}, 0)
            as decimal(18, 4)
        ) as gross_revenue,
        cast(0 as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        {{ epoch_to_utc('created', 'seconds') }} as ordered_at,
        -- closed, it never was a purchase; what is paid on delivery is paid once it is finished
        case
            when status <> '4'
                then {{ epoch_to_utc(
                    "coalesce(nullif(paid, '0'), case when status = '5' then finished end)",
                    'seconds'
                ) }}
        end as paid_at,
        cast(null as timestamp) as refunded_at,
        cast(null as timestamp) as cancelled_at
    from line_parsed

)

select * from renamed
