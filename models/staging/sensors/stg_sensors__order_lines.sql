{% set fields = {
    'event': 'event',
    'time': 'time',
    'member_id': 'identities.$identity_login_id',
    'cookie_id': 'identities.$identity_cookie_id',
    'android_id': 'identities.$identity_android_id',
    'idfv': 'identities.$identity_idfv',
    'mini_program_open_id': 'identities.$identity_mp_openid',
    'mini_program_union_id': 'identities.$identity_mp_unionid',
    'app_id': 'properties.$app_id',
    'order_id': 'properties.order_id',
    'order_amount': 'properties.order_amount',
    'item_count': 'properties.item_count',
} %}

-- One row per paid order of the own shop (web, app, mini program), as the SDK reported it.
with source as (

    select * from {{ source('raw', 'sensors') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as order_line_version_id,
        'sensors' as source,
        coalesce(order_id, event_id) as source_order_id,
        coalesce(order_id, event_id) as replace_group,
        coalesce(order_id, event_id) as version_group,
        -- an order reported twice counts once: the report that says most
        'reported' as version,
        {{ identifiers([
            ('member_id', none, 'member_id'),
            ('wechat_union_id', none, 'mini_program_union_id'),
            ('wechat_open_id', "coalesce(app_id, '')", 'mini_program_open_id'),
            ('device_id', none, 'coalesce(android_id, idfv)'),
            ('cookie_id', none, 'cookie_id'),
        ]) }} as identifiers,
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
            {{ to_cny('order_amount', 'sensors', 'order_amount') }}, cast(0 as decimal(18, 4))
        ) as gross_revenue,
        cast(0 as decimal(18, 4)) as refunded_revenue,

        -- timestamps
        {{ epoch_to_utc('time') }} as ordered_at,
        {{ epoch_to_utc('time') }} as paid_at,
        cast(null as timestamp) as refunded_at,
        cast(null as timestamp) as cancelled_at
    from parsed
    where event = 'PayOrder'

)

select * from renamed
