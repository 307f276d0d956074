{% set fields = {
    'chat_id': 'chatId',
    'visitor_id': 'visitorStaticId',
    'phone': '_phone',
    'email': '_email',
    'created_at': 'createTime',
    'ended_at': 'endTime',
    'all_seconds': 'allTime',
    'keyword': 'keyword',
    'bidding_word': 'bcpBiddingWord',
    'effective': 'effective',
    'visitor_messages': 'visitorMsgCount',
    'agent_messages': 'userMsgCount',
    'agent_id': 'userId',
    'intent': 'intent',
    'tags': '_tags',
    'score': 'score',
    'search_host': 'searchHost',
    'first_url': 'firstUrl',
    'chat_url': 'chatUrl',
    'device': 'chatType',
    'ip': 'visitorIp',
} %}

-- One row per chat session 在线咨询 and fetch, and one per score of it. The latest fetch counts.
with source as (

    select * from {{ source('raw', 'chat_sessions') }}
    where record_type = 'chat'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

timed as (

    select
        *,
        cast(coalesce(
            try_cast(all_seconds as double),
            floor((try_cast(ended_at as double) - try_cast(created_at as double)) / 1000)
        ) as bigint) as duration_seconds
    from parsed

),

rated as (

    select
        *,
        event_id as staged_event_id,
        'chat' as staged_event
    from timed
    union all
    select
        *,
        event_id || ':csat' as staged_event_id,
        'csat' as staged_event
    from timed
    where try_cast(score as double) is not null

),

renamed as (

    select
        -- ids
        staged_event_id as event_id,
        'chat_sessions' as source,
        staged_event as raw_event,
        case
            when staged_event = 'csat' then cast(null as string)
            when effective = '1' or {{ whole_number('visitor_messages') }} > 0 then 'effective'
            else 'ineffective'
        end as raw_discriminator,
        {{ identifiers([
            ('chat_visitor_id', none, 'visitor_id'),
            ('email', none, "split_part(email, '.', 3)"),
        ]) }} || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'chat_sessions:' || staged_event || ':' || chat_id as version_group,
        cast(received_at as string) as version,

        -- where from, where to
        chat_url as page_url,
        coalesce(nullif(keyword, ''), nullif(bidding_word, '')) as keyword,
        agent_id as staff_id,

        -- who asked
        ip,

        -- what else it tells
        {{ json_object({
            'chat_id': 'chat_id',
            'duration_seconds': 'duration_seconds',
            'visitor_messages': whole_number('visitor_messages'),
            'agent_messages': whole_number('agent_messages'),
            'intent': 'intent',
            'tags': 'tags',
            'score': 'try_cast(score as double)',
            'search_host': 'search_host',
            'first_url': 'first_url',
            'device': 'device',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id', 'creative_id',
            'content_id', 'item_id', 'order_id', 'store_id', 'user_agent', 'device_system',
            'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('created_at') }} as occurred_at,
        received_at
    from rated

)

select * from renamed
