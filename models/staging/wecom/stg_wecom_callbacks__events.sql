{% set fields = {
    'corp_id': 'ToUserName',
    'created': 'CreateTime',
    'event': 'Event',
    'change_type': 'ChangeType',
    'staff_user_id': 'UserID',
    'external_user_id': 'ExternalUserID',
    'state': 'State',
} %}

-- One row per callback of WeCom: who added or left which employee, and by which code.
with source as (

    select * from {{ source('raw', 'wecom_callbacks') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        parsed.event_id,
        'wecom_callbacks' as source,
        parsed.event as raw_event,
        parsed.change_type as raw_discriminator,
        -- an external user id means one person only within its corporation
        {{ identifiers([
            ('wecom_external_user_id', 'parsed.corp_id', 'parsed.external_user_id'),
        ]) }} as identifiers,
        parsed.load_id,

        -- where from, where to
        'wecom:' || parsed.state as scene,
        coalesce(states.campaign_id, parsed.state) as campaign_id,
        states.store_id,
        parsed.staff_user_id as staff_id,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'ad_id', 'item_id', 'order_id', 'ip',
            'user_agent', 'device_system', 'project', 'creative_id', 'content_id', 'keyword',
            'properties', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('parsed.created', 'seconds') }} as occurred_at,
        parsed.received_at
    from parsed
    left join {{ ref('wecom_states') }} as states
        on parsed.state = states.state

)

select * from renamed
