{% set fields = {
    'clicked_at': '_clicked_at_ms',
    'bd_vid': 'bd_vid',
    'vendor_click_id': 'click_id',
    'plan_id': 'plan_id',
    'unit_id': 'unit_id',
    'idea_id': 'idea_id',
    'word_id': 'word_id',
    'oaid': 'oaid',
    'oaid_md5': 'oaid_md5',
    'idfa': 'idfa',
    'imei': 'imei',
    'imei_md5': 'imei_md5',
    'ip': 'ip',
    'user_agent': 'ua',
} %}

-- One row per ad click that Baidu reported to the click monitor; bd_vid is on the landing page too.
with source as (

    select * from {{ source('raw', 'baidu_clicks') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'baidu_clicks' as source,
        'click' as raw_event,
        {{ identifiers(device_ids(oaid='oaid', idfa='idfa', oaid_md5='oaid_md5') + [
            ('imei_md5', none, "split_part(coalesce(imei_md5, imei), '.', 3)"),
            ('baidu_click_id', none, 'bd_vid'),
        ]) }} as identifiers,
        load_id,

        -- where from, where to
        coalesce(bd_vid, vendor_click_id) as click_id,
        plan_id as campaign_id,
        unit_id as ad_id,
        idea_id as creative_id,
        word_id as keyword,

        -- who asked
        ip,
        user_agent,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'declared_channel', 'page_url', 'referrer',
            'utm_source', 'utm_medium', 'utm_campaign', 'scene', 'content_id', 'item_id',
            'order_id', 'store_id', 'staff_id', 'properties', 'project', 'version_group',
            'version', 'device_system'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('clicked_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
