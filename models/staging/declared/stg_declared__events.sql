{% set fields = {
    'declared_source': 'source',
    'identifiers': 'identifiers',
    'event': 'event',
    'discriminator': 'discriminator',
    'channel': 'channel',
    'campaign': 'campaign',
    'ad': 'ad',
    'content': 'content',
    'product': 'product',
    'order_id': 'order_id',
    'url': 'url',
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
        cast(null as string) as referrer,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as string) as click_id,
        cast(null as string) as scene,
        campaign as campaign_id,
        coalesce(ad, content) as ad_id,
        product as item_id,
        order_id,

        -- who asked
        cast(null as string) as ip,
        cast(null as string) as user_agent,
        cast(null as string) as project,

        -- timestamps
        try_cast(occurred_at_utc as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
