{% set fields = {
    'click_id': 'click_id',
    'visitor': 'visitor',
    'target': 'target',
    'channel': 'channel',
    'campaign': 'campaign',
    'member_id': 'member_id',
    'phone': 'phone',
    'properties': '_properties',
    'ip': '_ip',
    'user_agent': '_user_agent',
} %}

-- One row per call of a short link, by a person or by what looks at links ahead of one.
with source as (

    select * from {{ source('raw', 'short_links') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

-- a machine that looks ahead is not who the message went to
told_apart as (

    select
        *,
        case when visitor = 'person' then phone end as person_phone,
        case when visitor = 'person' then member_id end as person_member_id,
        case when visitor = 'person' then click_id end as person_click_id
    from parsed

),

renamed as (

    select
        -- ids
        event_id,
        'short_links' as source,
        record_type as raw_event,
        visitor as raw_discriminator,
        trim(concat_ws(
            ' ',
            {{ phone_identifiers('person_phone') }},
            {{ identifiers([
                ('member_id', none, 'person_member_id'),
                ('omni_click_id', none, 'person_click_id'),
            ]) }}
        )) as identifiers,
        load_id,

        -- where from, where to
        channel as declared_channel,
        target as page_url,
        click_id,
        campaign as campaign_id,
        properties,

        -- who asked
        ip,
        user_agent,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'scene',
            'ad_id', 'item_id', 'order_id', 'project', 'creative_id', 'content_id',
            'keyword', 'store_id', 'staff_id', 'version_group', 'version', 'device_system'
        ]) }},

        -- timestamps
        received_at as occurred_at,
        received_at
    from told_apart

)

select * from renamed
