{% set fields = {
    'declared_source': 'source',
    'identifiers': 'identifiers',
    'occurred_at_utc': 'occurred_at',
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
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- timestamps
        coalesce(try_cast(occurred_at_utc as timestamp), received_at) as observed_at
    from parsed

)

select * from renamed
