{% set fields = {
    'corp_id': '_corpid',
    'sent_at': 'msgtime',
    'action': 'action',
    'message_type': 'msgtype',
    'from_customer': 'from_customer',
    'external_user_id': 'external_userid',
    'staff_user_id': 'userid',
    'properties': 'properties',
} %}

-- One row per archived message between an employee and a customer, or within a group of them.
with source as (

    select * from {{ source('raw', 'wecom_chats') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'wecom_chats' as source,
        action as raw_event,
        case
            when message_type in ('agree', 'disagree') then message_type
            when from_customer = 'true' then 'from_customer'
            else 'from_staff'
        end as raw_discriminator,
        {{ identifiers([('wecom_external_user_id', 'corp_id', 'external_user_id')]) }}
            as identifiers,
        load_id,

        -- where from, where to
        staff_user_id as staff_id,
        properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id',
            'item_id', 'order_id', 'ip', 'user_agent', 'device_system', 'project', 'creative_id',
            'content_id', 'keyword', 'store_id', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('sent_at') }} as occurred_at,
        received_at
    from parsed
    where action <> 'switch'

)

select * from renamed
