{% set fields = {
    'occurred': '_occurred_ms',
    'event': 'event',
    'user_id': 'userId',
    'anonymous_id': 'anonymousId',
    'previous_id': 'previousId',
    'email': '_traits.email',
    'phone': '_traits.phone',
    'device_id': 'context.device.id',
    'oaid': '_oaid',
    'idfa': '_idfa',
    'page_url': '_page_url',
    'referrer': '_referrer',
    'campaign_source': 'context.campaign.source',
    'campaign_medium': 'context.campaign.medium',
    'campaign_name': 'context.campaign.name',
    'campaign_term': 'context.campaign.term',
    'campaign_content': 'context.campaign.content',
    'product_id': '_product_id',
    'order_id': 'properties.order_id',
    'properties': '_properties',
    'ip': '_ip',
    'user_agent': '_user_agent',
    'os': 'context.os.name',
    'os_version': 'context.os.version',
    'model': 'context.device.model',
    'project': '_project',
} %}

-- One row per call of a Segment or RudderStack SDK.
with source as (

    select * from {{ source('raw', 'segment') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'segment' as source,
        record_type as raw_event,
        event as raw_discriminator,
        trim(concat_ws(
            ' ',
            {{ person_identifiers('user_id', 'member_id') }},
            {{ phone_identifiers('phone') }},
            {{ email_identifiers('email') }},
            {{ identifiers([
                ('device_id', none, 'device_id'),
                ('cookie_id', none, 'anonymous_id'),
                ('cookie_id', none, 'previous_id'),
            ] + device_ids(oaid='oaid', idfa='idfa')) }}
        )) as identifiers,
        'segment:' || anonymous_id as stream_id,
        load_id,

        -- where from, where to
        page_url,
        referrer,
        {{ landing_page_columns('page_url', {
            'utm_source': 'campaign_source',
            'utm_medium': 'campaign_medium',
            'utm_campaign': 'campaign_name',
            'campaign_id': 'campaign_name',
            'ad_id': 'campaign_content',
            'keyword': 'campaign_term',
        }) }},
        product_id as item_id,
        order_id,
        properties,

        -- who asked
        ip,
        user_agent,
        {{ device_system('os', 'os_version', 'model') }} as device_system,
        project,

        -- what it does not tell
        {{ null_columns([
            'declared_channel', 'scene', 'creative_id', 'content_id', 'store_id',
            'staff_id', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('occurred') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
