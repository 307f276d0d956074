{% set fields = {
    'row_key': '_key',
    'updated_at': 'updated_at',
    'identifiers': 'identifiers',
    'email_domain': '_email_domain',
    'event': 'event',
    'happened_at': 'occurred_at',
    'code_id': 'code_id',
    'campaign_id': 'campaign_id',
    'store_id': 'store_id',
    'staff_id': 'staff_id',
    'item_id': 'item_id',
    'duration_seconds': 'duration_seconds',
    'intent': 'intent',
    'tags': '_tags',
} %}

-- One row per scan of a guide's code 导购, or contact that a guide wrote down, and version of it.
with source as (

    select * from {{ source('raw', 'guide_scans') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'guide_scans' as source,
        coalesce(event, 'scan') as raw_event,
        coalesce(identifiers, '') as identifiers,
        load_id,
        'guide_scans:' || row_key as version_group,
        coalesce(updated_at, cast(received_at as string)) as version,

        -- where from, where to
        coalesce(campaign_id, code_id) as campaign_id,
        item_id,
        store_id,
        staff_id,

        -- what else it tells
        {{ json_object({
            'code_id': 'code_id',
            'duration_seconds': whole_number('duration_seconds'),
            'intent': 'intent',
            'email_domain': 'email_domain',
            'tags': "nullif(tags, '')",
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'declared_channel', 'page_url', 'referrer',
            'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'scene', 'ad_id',
            'creative_id', 'content_id', 'keyword', 'order_id', 'ip', 'user_agent',
            'device_system', 'project'
        ]) }},

        -- timestamps
        try_cast(happened_at as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
