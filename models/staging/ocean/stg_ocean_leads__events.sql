{% set fields = {
    'lead_id': 'clue_id',
    'lead_type': 'clue_type',
    'lead_source': 'clue_source',
    'created_at': 'create_time_detail',
    'phone': '_phone',
    'email': '_email',
    'promotion_id': 'promotion_id',
    'plan_id': 'ad_id',
    'creative_id': 'creative_id',
    'external_url': 'external_url',
    'lead_properties': '_properties',
} %}

-- One row per lead of Ocean Engine and state of it. The latest state of a lead counts. Leads of
-- previews and odd submissions are told apart by their project.
with source as (

    select * from {{ source('raw', 'ocean_leads') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'ocean_leads' as source,
        'lead' as raw_event,
        lead_type as raw_discriminator,
        {{ identifiers([
            ('email', none, "split_part(email, '.', 3)"),
            ('ocean_click_id', none, url_parameter('external_url', 'clickid')),
            ('ocean_lead_id', none, 'lead_id'),
        ]) }}
        || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'ocean_leads:' || lead_id as version_group,
        cast(received_at as string) as version,

        -- where from, where to
        external_url as page_url,
        {{ url_parameter('external_url', 'clickid') }} as click_id,
        -- a lead has the ids of the new platform or of the old one, never of both
        coalesce(promotion_id, plan_id) as ad_id,
        creative_id,
        lead_properties as properties,
        'ocean_leads:' || lead_source as project,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'scene', 'campaign_id', 'content_id', 'keyword', 'item_id',
            'order_id', 'store_id', 'staff_id', 'ip', 'user_agent', 'device_system'
        ]) }},

        -- timestamps
        {{ local_to_utc('created_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
