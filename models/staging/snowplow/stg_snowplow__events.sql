{% set fields = {
    'occurred': '_occurred_ms',
    'action': '_action',
    'user_id': 'uid',
    'domain_user_id': 'duid',
    'page_url': 'url',
    'referrer': 'refr',
    'product_id': '_product_id',
    'ecommerce_order_id': '_order_id',
    'transaction_id': 'tr_id',
    'item_transaction_id': 'ti_id',
    'properties': '_properties',
    'ip': '_ip',
    'user_agent': '_user_agent',
    'app_id': 'aid',
} %}

-- One row per event of a Snowplow tracker.
with source as (

    select * from {{ source('raw', 'snowplow') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'snowplow' as source,
        record_type as raw_event,
        action as raw_discriminator,
        trim(concat_ws(
            ' ',
            {{ person_identifiers('user_id', 'member_id') }},
            {{ identifiers(
                [('cookie_id', none, 'domain_user_id')]
            ) }}
        )) as identifiers,
        'snowplow:' || domain_user_id as stream_id,
        load_id,

        -- where from, where to
        page_url,
        referrer,
        {{ landing_page_columns('page_url') }},
        product_id as item_id,
        coalesce(ecommerce_order_id, transaction_id, item_transaction_id) as order_id,
        properties,

        -- who asked
        ip,
        user_agent,
        app_id as project,

        -- what it does not tell
        {{ null_columns([
            'declared_channel', 'scene', 'creative_id', 'content_id', 'store_id',
            'staff_id', 'version_group', 'version', 'device_system'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('occurred') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
