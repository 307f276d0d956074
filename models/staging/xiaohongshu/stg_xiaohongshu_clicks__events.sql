{% set fields = {
    'click_id': 'click_id',
    'campaign_id': 'campaign_id',
    'unit_id': 'unit_id',
    'creativity_id': 'creativity_id',
    'oaid': 'oaid',
    'oaid_md5': 'oaid_md5',
    'idfa': 'idfa',
    'imei': 'imei',
    'imei_md5': 'imei_md5',
    'ip': 'ip',
    'user_agent': 'ua',
} %}

-- One row per ad click that Xiaohongshu reported to the click monitor. It tells no time: the call
-- is made at the click.
with source as (

    select * from {{ source('raw', 'xiaohongshu_clicks') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'xiaohongshu_clicks' as source,
        'click' as raw_event,
        {{ identifiers(device_ids(oaid='oaid', idfa='idfa', oaid_md5='oaid_md5') + [
            ('imei_md5', none, "split_part(coalesce(imei_md5, imei), '.', 3)"),
            ('xiaohongshu_click_id', none, 'click_id'),
        ]) }} as identifiers,
        load_id,

        -- where from, where to
        click_id,
        campaign_id,
        unit_id as ad_id,
        creativity_id as creative_id,

        -- who asked
        ip,
        user_agent,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'declared_channel', 'page_url', 'referrer',
            'utm_source', 'utm_medium', 'utm_campaign', 'scene', 'content_id', 'item_id',
            'order_id', 'store_id', 'staff_id', 'properties', 'project', 'keyword',
            'version_group', 'version', 'device_system'
        ]) }},

        -- timestamps
        received_at as occurred_at,
        received_at
    from parsed

)

select * from renamed
