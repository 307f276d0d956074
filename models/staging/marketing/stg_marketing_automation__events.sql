{% set fields = {
    'row_key': '_key',
    'updated_at': 'updated_at',
    'identifiers': 'identifiers',
    'email_domain': '_email_domain',
    'event': 'event',
    'happened_at': 'occurred_at',
    'journey_id': 'journey_id',
    'journey_name': 'journey_name',
    'step_id': 'step_id',
    'step_name': 'step_name',
    'coupon_id': 'coupon_id',
    'coupon_batch_id': 'coupon_batch_id',
    'amount': 'amount',
    'order_id': 'order_id',
    'experiment_id': 'experiment_id',
    'variant': 'variant',
    'channel': 'channel',
    'campaign_id': 'campaign_id',
    'content_id': 'content_id',
    'store_id': 'store_id',
} %}

-- One row per step of a journey, coupon or exposure to a test 营销自动化, and version of it.
with source as (

    select * from {{ source('raw', 'marketing_automation') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'marketing_automation' as source,
        event as raw_event,
        coalesce(identifiers, '') as identifiers,
        load_id,
        'marketing_automation:' || row_key as version_group,
        coalesce(updated_at, cast(received_at as string)) as version,

        -- where from, where to
        channel as declared_channel,
        coalesce(campaign_id, journey_id) as campaign_id,
        content_id,
        order_id,
        store_id,

        -- what else it tells
        {{ json_object({
            'journey_id': 'journey_id',
            'journey_name': 'journey_name',
            'step_id': 'step_id',
            'step_name': 'step_name',
            'coupon_id': 'coupon_id',
            'coupon_batch_id': 'coupon_batch_id',
            'amount': 'cast(' ~ to_cny('amount', 'marketing_automation', 'amount') ~ ' as double)',
            'experiment_id': 'experiment_id',
            'variant': 'variant',
            'email_domain': 'email_domain',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'page_url', 'referrer', 'utm_source',
            'utm_medium', 'utm_campaign', 'click_id', 'scene', 'ad_id', 'creative_id',
            'keyword', 'item_id', 'staff_id', 'ip', 'user_agent', 'device_system', 'project'
        ]) }},

        -- timestamps
        try_cast(happened_at as timestamp) as occurred_at,
        received_at
    from parsed

)

select * from renamed
