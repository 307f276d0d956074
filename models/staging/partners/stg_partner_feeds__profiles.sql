{% set fields = {
    'row_key': '_key',
    'identifiers': 'identifiers',
    'collected_at': 'collected_at',
    'expires_at': 'expires_at',
    'legal_basis': 'legal_basis',
    'attributes': 'attributes',
    'tags': '_tags',
} %}

-- One row per person of a partner's delivery 合作方数据, and version of it, with its legal basis and
-- end.
with source as (

    select * from {{ source('raw', 'partner_feeds') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'partner_feeds' as source,
        row_key as profile_key,
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- what is known
        attributes,
        coalesce(tags, '') as tags,
        legal_basis,

        -- timestamps
        try_cast(expires_at as timestamp) as valid_until,
        try_cast(collected_at as timestamp) as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
