{% set fields = {
    'phone': 'phone_number',
    'send_time': 'send_time',
    'success': 'success',
    'out_id': 'out_id',
} %}

-- One row per delivery report of a short message.
with source as (

    select * from {{ source('raw', 'sms_reports') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'sms_reports' as source,
        'report' as raw_event,
        case when success in ('true', '1') then 'delivered' else 'failed' end as raw_discriminator,
        coalesce({{ phone_identifiers('phone') }}, '') as identifiers,
        cast(null as string) as stream_id,
        load_id,

        -- where from, where to
        cast(null as string) as declared_channel,
        cast(null as string) as page_url,
        cast(null as string) as referrer,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as string) as click_id,
        cast(null as string) as scene,
        out_id as campaign_id,
        cast(null as string) as ad_id,
        cast(null as string) as item_id,
        cast(null as string) as order_id,

        -- who asked
        cast(null as string) as ip,
        cast(null as string) as user_agent,
        cast(null as string) as project,

        -- timestamps
        {{ local_to_utc('send_time') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
