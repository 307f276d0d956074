{% set fields = {
    'clicked_at': '_clicked_at_ms',
    'click_id': 'click_id',
    'adgroup_id': 'adgroup_id',
    'campaign_id': 'campaign_id',
    'dynamic_creative_id': 'dynamic_creative_id',
    'ad_id': 'ad_id',
    'muid': 'muid',
    'oaid': 'oaid',
    'oaid_md5': 'hash_oaid',
    'android_id_md5': 'hash_android_id',
    'ip': 'ip',
    'user_agent': 'user_agent',
} %}

-- One row per ad click that Tencent Ads reported to the click monitor. The device is known by md5
-- only: muid is that of the IMEI or, on iOS, of the upper-case IDFA, which came as it is.
with source as (

    select * from {{ source('raw', 'tencent_clicks') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'tencent_clicks' as source,
        'click' as raw_event,
        {{ identifiers(device_ids(oaid='oaid', oaid_md5='oaid_md5') + [
            ('idfa_md5', none, "case when muid not like 'imei_md5.%' then lower(muid) end"),
            ('imei_md5', none, "case when muid like 'imei_md5.%' then split_part(muid, '.', 3) end"),
            ('android_id_md5', none, 'lower(android_id_md5)'),
            ('tencent_click_id', none, 'click_id'),
        ]) }} as identifiers,
        load_id,

        -- where from, where to
        click_id,
        coalesce(adgroup_id, campaign_id) as campaign_id,
        coalesce(adgroup_id, ad_id) as ad_id,
        dynamic_creative_id as creative_id,

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
