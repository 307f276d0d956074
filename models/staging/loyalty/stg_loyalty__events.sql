{% set fields = {
    'row_key': '_key',
    'updated_at': 'updated_at',
    'identifiers': 'identifiers',
    'email_domain': '_email_domain',
    'event': 'event',
    'happened_at': 'occurred_at',
    'flow_id': 'flow_id',
    'points': 'points',
    'balance': 'balance',
    'level': 'level',
    'previous_level': 'previous_level',
    'reversed_flow_id': 'reversed_flow_id',
    'reversed_event': 'reversed_event',
    'order_id': 'order_id',
    'store_id': 'store_id',
    'reason': 'reason',
} %}

-- One row per entry of the points ledger 积分流水, change of level or registration, and version of it.
with source as (

    select * from {{ source('raw', 'loyalty') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'loyalty' as source,
        event as raw_event,
        coalesce(identifiers, '') as identifiers,
        load_id,
        'loyalty:' || row_key as version_group,
        coalesce(updated_at, cast(received_at as string)) as version,

        -- where from, where to
        order_id,
        store_id,

        -- what else it tells
        {{ json_object({
            'flow_id': 'flow_id',
            'points': whole_number('points'),
            'balance': whole_number('balance'),
            'level': 'level',
            'previous_level': 'previous_level',
            'reversed_flow_id': 'reversed_flow_id',
            'reversed_event': 'reversed_event',
            'reason': 'reason',
            'email_domain': 'email_domain',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'declared_channel', 'page_url', 'referrer',
            'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'scene', 'campaign_id',
            'ad_id', 'creative_id', 'content_id', 'keyword', 'item_id', 'staff_id', 'ip',
            'user_agent', 'device_system', 'project'
        ]) }},

        -- timestamps
        try_cast(happened_at as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
