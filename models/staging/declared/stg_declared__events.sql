{% set fields = {
    'declared_source': 'source',
    'identifiers': 'identifiers',
    'event': 'event',
    'discriminator': 'discriminator',
    'channel': 'channel',
    'campaign': 'campaign',
    'ad': 'ad',
    'creative': 'creative',
    'content': 'content',
    'keyword': 'keyword',
    'store': 'store',
    'staff': 'staff',
    'product': 'product',
    'order_id': 'order_id',
    'url': 'url',
    'duration': 'duration_seconds',
    'share_code': 'share_code',
    'occurred_at_utc': 'occurred_at',
} %}

-- One row per event or touch of a declared file.
with source as (

    select * from {{ source('raw', 'declared') }}
    where record_type in ('events', 'touches')

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        declared_source as source,
        event as raw_event,
        discriminator as raw_discriminator,
        coalesce(identifiers, '') as identifiers,
        -- behaviour makes sessions; a declared touch is one by itself
        case
            when record_type = 'events'
                then declared_source || ':' || nullif(split_part(identifiers, ' ', 1), '')
        end as stream_id,
        load_id,

        -- where from, where to
        channel as declared_channel,
        url as page_url,
        campaign as campaign_id,
        ad as ad_id,
        creative as creative_id,
        content as content_id,
        keyword,
        product as item_id,
        order_id,
        store as store_id,
        staff as staff_id,
        {{ json_object({
            'duration_seconds': whole_number('duration'),
            'share_code': 'share_code',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'scene',
            'ip', 'user_agent', 'device_system', 'project', 'version_group', 'version'
        ]) }},

        -- timestamps
        try_cast(occurred_at_utc as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
