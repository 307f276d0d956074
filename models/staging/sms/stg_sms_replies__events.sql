{% set fields = {
    'phone': 'phone_number',
    'send_time': 'send_time',
    'command': '_command',
    'text_length': '_length',
    'sign_name': 'sign_name',
    'dest_code': 'dest_code',
} %}

-- One row per reply 上行短信 to a short message; its command is what the reply asks for.
with source as (

    select * from {{ source('raw', 'sms_replies') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'sms_replies' as source,
        'reply' as raw_event,
        nullif(command, '') as raw_discriminator,
        coalesce({{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- where from, where to
        sign_name as content_id,

        -- what else it tells
        {{ json_object({
            'text_length': whole_number('text_length'),
            'dest_code': 'dest_code',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id',
            'creative_id', 'keyword', 'item_id', 'order_id', 'store_id', 'staff_id', 'ip',
            'user_agent', 'device_system', 'project', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ local_to_utc('send_time') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
