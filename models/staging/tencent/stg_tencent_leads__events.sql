{% set fields = {
    'lead_id': 'leads_id',
    'lead_type': 'leads_type',
    'created_at': 'leads_create_time',
    'phone': '_phone',
    'email': '_email',
    'lead_click_id': 'click_id',
    'adgroup_id': 'adgroup_id',
    'dynamic_creative_id': 'dynamic_creative_id',
    'lead_page_url': 'page_url',
    'lead_properties': '_properties',
} %}

-- One row per lead of Tencent Ads and state of it. The latest state of a lead counts.
with source as (

    select * from {{ source('raw', 'tencent_leads') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'tencent_leads' as source,
        'lead' as raw_event,
        lead_type as raw_discriminator,
        {{ identifiers([
            ('email', none, "split_part(email, '.', 3)"),
            ('tencent_click_id', none, 'lead_click_id'),
            ('tencent_lead_id', none, 'lead_id'),
        ]) }}
        || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'tencent_leads:' || lead_id as version_group,
        cast(received_at as string) as version,

        -- where from, where to
        lead_page_url as page_url,
        lead_click_id as click_id,
        adgroup_id as campaign_id,
        adgroup_id as ad_id,
        dynamic_creative_id as creative_id,
        lead_properties as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'scene', 'content_id', 'keyword', 'item_id', 'order_id',
            'store_id', 'staff_id', 'ip', 'user_agent', 'device_system', 'project'
        ]) }},

        -- timestamps
        {{ local_to_utc('created_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
