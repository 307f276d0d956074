{% set fields = {
    'call_id': 'id',
    'direction': '_direction',
    'phone': '_phone',
    'line': '_line',
    'is_connected': 'connect',
    'started_at': 'created_at',
    'alerting_seconds': 'alerting_seconds',
    'duration_seconds': 'duration',
    'agent_id': 'agent_id',
    'agent_name': 'agent_name',
    'satisfaction': 'satisfaction',
    'tags': '_tags',
    'recording_url': 'recordurl',
    'ticket_id': 'ticket_id',
    'region': 'fromattr',
} %}

-- One row per call and fetch, and one per rating 满意度 of it. The latest fetch of a call counts.
with source as (

    select * from {{ source('raw', 'call_records') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

rated as (

    select
        *,
        event_id as staged_event_id,
        'call' as staged_event
    from parsed
    union all
    select
        *,
        event_id || ':csat' as staged_event_id,
        'csat' as staged_event
    from parsed
    where coalesce(satisfaction, '') <> ''

),

renamed as (

    select
        -- ids
        staged_event_id as event_id,
        'call_records' as source,
        staged_event as raw_event,
        case
            when staged_event = 'csat' then satisfaction
            when is_connected in ('1', 'true') then direction
            else direction || '_missed'
        end as raw_discriminator,
        coalesce({{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'call_records:' || staged_event || ':' || call_id as version_group,
        cast(received_at as string) as version,

        -- where from, where to
        coalesce(agent_id, agent_name) as staff_id,

        -- what else it tells
        {{ json_object({
            'call_id': 'call_id',
            'duration_seconds': whole_number('duration_seconds'),
            'alerting_seconds': whole_number('alerting_seconds'),
            'satisfaction': 'satisfaction',
            'tags': 'tags',
            'line': "nullif(line, '')",
            'recording_url': 'recording_url',
            'ticket_id': 'ticket_id',
            'region': 'region',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id', 'creative_id',
            'content_id', 'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent',
            'device_system', 'project'
        ]) }},

        -- timestamps
        {{ local_to_utc('started_at') }} as occurred_at,
        received_at
    from rated

)

select * from renamed
