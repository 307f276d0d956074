{% set fields = {
    'account_id': 'ToUserName',
    'open_id': 'FromUserName',
    'created': 'CreateTime',
    'event': 'Event',
    'event_key': 'EventKey',
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
        parsed.event as raw_discriminator,
        -- an openid means one person only within its appid
        {{ identifiers([
            ('wechat_open_id', 'coalesce(accounts.app_id, parsed.account_id)', 'parsed.open_id'),
        ]) }} as identifiers,
        parsed.load_id,

        -- where from, where to
        'oa:' || replace(parsed.event_key, 'qrscene_', '') as scene,
        -- the key of a code that was scanned; of a menu it is no campaign
        case
            when parsed.event in ('subscribe', 'SCAN')
                then nullif(replace(parsed.event_key, 'qrscene_', ''), '')
        end as campaign_id,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'ad_id', 'item_id', 'order_id', 'ip',
            'user_agent', 'project', 'creative_id', 'content_id', 'keyword', 'store_id',
            'staff_id', 'properties', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('parsed.created', 'seconds') }} as occurred_at,
        parsed.received_at
    from parsed
    left join {{ ref('wechat_accounts') }} as accounts
        on parsed.account_id = accounts.account_id

)

select * from renamed
