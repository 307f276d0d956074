{% set fields = {
    'declared_source': 'source',
    'identifiers': 'identifiers',
    'occurred_at_utc': 'occurred_at',
    'gender': 'gender',
    'birthday': 'birthday',
    'birth_year': 'birth_year',
    'province': 'province',
    'city': 'city',
    'level': 'level',
    'points': 'points',
    'company': 'company',
    'job_title': 'job_title',
    'industry': 'industry',
    'member_since': 'member_since',
    'tags': 'tags',
} %}

-- One row per profile of a declared file.
with source as (

    select * from {{ source('raw', 'declared') }}
    where record_type = 'profiles'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        declared_source as source,
        -- the identifiers name the row: a later one of the same person replaces it
        coalesce(nullif(identifiers, ''), event_id) as profile_key,
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- what is known
        {{ json_object({
            'gender': 'gender',
            'birthday': 'birthday',
            'birth_year': 'birth_year',
            'province': 'province',
            'city': 'city',
            'level': 'level',
            'points': 'points',
            'company': 'company',
            'job_title': 'job_title',
            'industry': 'industry',
            'member_since': 'member_since',
        }) }} as attributes,
        tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        coalesce(try_cast(occurred_at_utc as timestamp), received_at) as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
