{% set fields = {
    'account_id': 'ToUserName',
    'open_id': 'FromUserName',
    'created': 'CreateTime',
    'event': 'Event',
    'event_key': 'EventKey',
    'status': 'Status',
} %}

-- One row per message or event that a follower sent to an official account.
with source as (

    select * from {{ source('raw', 'wechat_oa') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        parsed.event_id,
        'wechat_oa' as source,
        parsed.record_type as raw_event,
        -- a template message may have been refused: by the follower, or by the system
        case
            when parsed.event = 'TEMPLATESENDJOBFINISH' and parsed.status <> 'success'
                then 'TEMPLATESENDJOBFINISH:failed'
            else parsed.event
        end as raw_discriminator,
        -- an openid means one person only within its appid
        {{ identifiers([
            ('wechat_open_id', 'coalesce(accounts.app_id, parsed.account_id)', 'parsed.open_id'),
        ]) }} as identifiers,
        parsed.load_id,

        -- where from, where to
        'oa:' || replace(parsed.event_key, 'qrscene_', '') as scene,
        -- the key is that of a code that was scanned, of a menu, or the address that a menu opens
        case
            when parsed.event in ('subscribe', 'SCAN')
                then nullif(replace(parsed.event_key, 'qrscene_', ''), '')
        end as campaign_id,
        case when parsed.event = 'CLICK' then nullif(parsed.event_key, '') end as content_id,
        case when parsed.event = 'VIEW' then nullif(parsed.event_key, '') end as page_url,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'ad_id', 'item_id', 'order_id', 'ip', 'user_agent',
            'device_system', 'project', 'creative_id', 'keyword', 'store_id', 'staff_id',
            'properties', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('parsed.created', 'seconds') }} as occurred_at,
        parsed.received_at
    from parsed
    left join {{ ref('wechat_accounts') }} as accounts
        on parsed.account_id = accounts.account_id

)

select * from renamed
