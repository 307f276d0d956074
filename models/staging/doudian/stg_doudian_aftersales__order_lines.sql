{% set fields = {
    'aftersale_id': 'aftersale_info.aftersale_id',
    'order_number': 'order_info.shop_order_id',
    'refund_status': 'aftersale_info.refund_status',
    'refund_amount': 'aftersale_info.refund_amount',
    'updated': 'aftersale_info.update_time',
} %}

-- One row per version of a Douyin shop after-sale: a line that adds its refund to the order it is
-- of, whichever of the two arrives first.
with source as (

    select * from {{ source('raw', 'doudian_aftersales') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

-- a claim, an exchange or a refusal pays nothing back; 5 is a refund recovered from the shop
judged as (

    select
        *,
        coalesce(refund_status in ('3', '5'), false) as is_paid_back
    from parsed

),

renamed as (

    select
        -- ids
        event_id as order_line_version_id,
        'doudian_orders' as source,
        order_number as source_order_id,
        order_number as replace_group,
        'aftersale:' || aftersale_id as version_group,
        updated || ' ' || event_id as version,
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
        case
            when is_paid_back
                then {{ to_cny('refund_amount', 'doudian_aftersales', 'refund_amount') }}
            else cast(0 as decimal(18, 4))
        end as refunded_revenue,

        -- timestamps
        cast(null as timestamp) as ordered_at,
        cast(null as timestamp) as paid_at,
        case when is_paid_back then {{ epoch_to_utc('updated', 'seconds') }} end as refunded_at,
        cast(null as timestamp) as cancelled_at
    from judged

)

select * from renamed
