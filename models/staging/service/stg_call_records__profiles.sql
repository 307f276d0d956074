{% set fields = {
    'call_id': 'id',
    'phone': '_phone',
    'started_at': 'created_at',
    'region': 'fromattr',
    'direction': '_direction',
    'tags': '_tags',
} %}

-- One row per call and fetch: what was noted of who was on the phone.
with source as (

    select * from {{ source('raw', 'call_records') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'call_records' as source,
        call_id as profile_key,
        coalesce({{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- what is known
        {{ json_object({
            'fromattr': "case when direction = 'inbound' then region end",
        }) }} as attributes,
        coalesce(tags, '') as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        {{ local_to_utc('started_at') }} as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
