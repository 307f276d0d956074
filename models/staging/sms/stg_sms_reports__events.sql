{% set fields = {
    'phone': 'phone_number',
    'send_time': 'send_time',
    'success': 'success',
    'out_id': 'out_id',
} %}

-- One row per delivery report of a short message.
with source as (

    select * from {{ source('raw', 'sms_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'sms_reports' as source,
        'report' as raw_event,
        case when success in ('true', '1') then 'delivered' else 'failed' end as raw_discriminator,
        coalesce({{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- where from, where to
        out_id as campaign_id,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'scene', 'ad_id', 'item_id',
            'order_id', 'ip', 'user_agent', 'device_system', 'project', 'creative_id',
            'content_id', 'keyword', 'store_id', 'staff_id', 'properties', 'version_group',
            'version'
        ]) }},

        -- timestamps
        {{ local_to_utc('send_time') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
