{% set fields = {
    'email': 'email',
    'email_domain': '_email_domain',
    'event': 'event',
    'happened_at': 'timestamp',
    'is_machine': 'sg_machine_open',
    'message_id': 'sg_message_id',
    'categories': '_categories',
    'campaign': 'marketing_campaign_id',
    'single_send': 'singlesend_id',
    'subject': 'subject',
    'template': 'sg_template_name',
    'template_id': 'sg_template_id',
    'url': 'url',
    'reason': 'reason',
    'bounce_type': 'type',
    'ip': 'ip',
    'user_agent': 'useragent',
} %}

-- One row per event of an e-mail; an open that a mail server made is told apart.
with source as (

    select * from {{ source('raw', 'email_events') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'email_events' as source,
        event as raw_event,
        case when is_machine in ('true', '1') then 'machine' end as raw_discriminator,
        {{ identifiers([('email', none, "split_part(email, '.', 3)")]) }} as identifiers,
        load_id,

        -- where from, where to
        url as page_url,
        coalesce(campaign, single_send, nullif(split_part(categories, '|', 1), '')) as campaign_id,
        coalesce(subject, template, template_id) as content_id,

        -- who asked
        ip,
        user_agent,

        -- what else it tells
        {{ json_object({
            'message_id': 'message_id',
            'categories': "nullif(categories, '')",
            'reason': 'reason',
            'bounce_type': 'bounce_type',
            'email_domain': 'email_domain',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'ad_id', 'creative_id', 'keyword',
            'item_id', 'order_id', 'store_id', 'staff_id', 'project', 'version_group',
            'version', 'device_system'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('happened_at', 'seconds') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
