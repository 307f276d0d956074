{% set fields = {
    'row_key': '_key',
    'updated_at': 'updated_at',
    'identifiers': 'identifiers',
    'email_domain': '_email_domain',
    'event': 'event',
    'happened_at': 'submitted_at',
    'form_id': 'form_id',
    'form_name': 'form_name',
    'entry_id': 'entry_id',
    'entry_channel': 'entry_channel',
    'campaign_id': 'campaign_id',
    'store_id': 'store_id',
    'staff_id': 'staff_id',
    'page_url': 'page_url',
    'tags': '_tags',
} %}

-- One row per entry of a registration form 活动登记, and version of it.
with source as (

    select * from {{ source('raw', 'registration_forms') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'registration_forms' as source,
        coalesce(event, 'form_submit') as raw_event,
        entry_channel as raw_discriminator,
        coalesce(identifiers, '') as identifiers,
        load_id,
        'registration_forms:' || row_key as version_group,
        coalesce(updated_at, cast(received_at as string)) as version,

        -- where from, where to
        page_url,
        coalesce(campaign_id, form_id) as campaign_id,
        coalesce(form_name, form_id) as content_id,
        store_id,
        staff_id,

        -- what else it tells
        {{ json_object({
            'form_id': 'form_id',
            'entry_id': 'entry_id',
            'entry_channel': 'entry_channel',
            'email_domain': 'email_domain',
            'tags': "nullif(tags, '')",
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'ad_id', 'creative_id', 'keyword', 'item_id',
            'order_id', 'ip', 'user_agent', 'device_system', 'project'
        ]) }},

        -- timestamps
        try_cast(happened_at as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
