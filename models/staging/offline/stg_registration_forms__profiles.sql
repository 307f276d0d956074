{% set fields = {
    'row_key': '_key',
    'identifiers': 'identifiers',
    'happened_at': 'submitted_at',
    'attributes': 'attributes',
    'tags': '_tags',
} %}

-- One row per entry of a registration form 活动登记, and version of it.
with source as (

    select * from {{ source('raw', 'registration_forms') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'registration_forms' as source,
        row_key as profile_key,
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- what is known
        attributes,
        coalesce(tags, '') as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        try_cast(happened_at as timestamp) as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
