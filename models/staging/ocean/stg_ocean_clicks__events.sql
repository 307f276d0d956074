{% set fields = {
    'clicked_at': 'ts',
    'callback': 'callback',
    'campaign_id': 'project_id',
    'promotion_id': 'promotion_id',
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
        cast(null as string) as raw_discriminator,
        {{ identifiers([
            ('oaid', none, 'oaid'),
            ('idfa', none, 'idfa'),
            ('imei_md5', none, "split_part(imei_md5, '.', 3)"),
            ('ocean_click_id', none, 'callback'),
        ]) }} as identifiers,
        cast(null as string) as stream_id,
        load_id,

        -- where from, where to
        cast(null as string) as declared_channel,
        cast(null as string) as page_url,
        cast(null as string) as referrer,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        callback as click_id,
        cast(null as string) as scene,
        campaign_id,
        promotion_id as ad_id,
        cast(null as string) as item_id,
        cast(null as string) as order_id,

        -- who asked
        ip,
        user_agent,
        cast(null as string) as project,

        -- timestamps
        {{ epoch_to_utc('clicked_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
