{% set fields = {
    'activity': 'activity',
    'questionnaire': 'name',
    'member_id': 'sojumpparm',
    'duration_seconds': 'timetaken',
    'score': 'totalvalue',
    'submitted_at': 'submittime',
} %}

-- One row per submitted questionnaire.
with source as (

    select * from {{ source('raw', 'wjx_answers') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'wjx_answers' as source,
        'answer' as raw_event,
        {{ identifiers([('member_id', none, 'member_id')]) }} as identifiers,
        load_id,

        -- what was answered
        activity as content_id,
        {{ json_object({
            'questionnaire': 'questionnaire',
            'duration_seconds': whole_number('duration_seconds'),
            'score': 'try_cast(score as double)',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'stream_id', 'declared_channel', 'page_url', 'referrer',
            'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'scene', 'campaign_id',
            'ad_id', 'creative_id', 'keyword', 'item_id', 'order_id', 'store_id', 'staff_id',
            'ip', 'user_agent', 'device_system', 'project', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ local_to_utc('submitted_at') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
