{% set fields = {
    'store_id': 'store_id',
    'pos_id': 'pos_id',
    'receipt_no': 'receipt_no',
    'line_no': 'line_no',
    'kind': 'type',
    'business_date': 'business_date',
    'sold_at': 'sold_at',
    'sku': 'sku',
    'qty': 'qty',
    'amount': 'amount',
    'original_store_id': 'original_store_id',
    'original_pos_id': 'original_pos_id',
    'original_business_date': 'original_business_date',
    'original_receipt_no': 'original_receipt_no',
    'member_no': 'member_no',
    'phone': 'phone',
    'export_number': '_export',
    'file_modified_at': '_modified_at',
    'file_size': '_size',
} %}

-- One row per receipt line and export. A till's later export of a business date replaces the
-- earlier one: receipts missing from it were voided.
with source as (

    select * from {{ source('raw', 'pos_receipts') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as order_line_version_id,
        'pos_receipts' as source,
        store_id || '/' || pos_id || '/' || business_date || '/' || receipt_no as source_order_id,
        store_id || '/' || pos_id || '/' || business_date as replace_group,
        store_id || '/' || pos_id || '/' || business_date as version_group,
        -- a file put right under its own name counts as it was last; the size keeps two files apart
        -- that a copy gave the same time, as otherwise both would count
        export_number || ' ' || file_modified_at || ' ' || file_size as version,
        {{ identifiers([('member_id', none, 'member_no')]) }}
        || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- strings
        case kind when 'SALE' then 'sale' when 'RETURN' then 'return' end as order_kind,
        -- mostly it comes back to where it was bought
        case
            when kind = 'RETURN'
                then
                    coalesce(nullif(original_store_id, ''), store_id)
                    || '/' || coalesce(nullif(original_pos_id, ''), pos_id)
                    || '/' || nullif(original_business_date, '')
                    || '/' || nullif(original_receipt_no, '')
        end as original_source_order_id,
        'completed' as order_status,
        store_id,
        {{ null_columns(['staff_id', 'creative_id', 'content_id']) }},
        sku as item_id,

        -- booleans
        false as is_reported_by_event,

        -- numerics
        {{ whole_number('qty') }} as quantity,
        {{ to_cny('amount', 'pos_receipts', 'amount') }} as gross_revenue,
        cast(0 as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        {{ local_to_utc('sold_at') }} as ordered_at,
        {{ local_to_utc('sold_at') }} as paid_at,
        cast(null as timestamp) as refunded_at,
        cast(null as timestamp) as cancelled_at
    from parsed

)

select * from renamed
