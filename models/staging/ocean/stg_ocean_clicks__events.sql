{% set fields = {
    'clicked_at': '_clicked_at_ms',
    'callback': 'callback',
    'campaign_id': 'project_id',
    'promotion_id': 'promotion_id',
    'creative_id': 'cid',
    'oaid': 'oaid',
    'idfa': 'idfa',
    'imei_md5': 'imei',
    'ip': 'ip',
    'user_agent': 'ua',
} %}

-- One row per ad click that Ocean Engine reported to the click monitor.
with source as (

    select * from {{ source('raw', 'ocean_clicks') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'ocean_clicks' as source,
        'click' as raw_event,
        {{ identifiers(device_ids(oaid='oaid', idfa='idfa') + [
            ('imei_md5', none, "split_part(imei_md5, '.', 3)"),
            ('ocean_click_id', none, 'callback'),
        ]) }} as identifiers,
        load_id,

        -- where from, where to
        callback as click_id,
        campaign_id,
        promotion_id as ad_id,
        creative_id,

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
        {{ epoch_to_utc('clicked_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
