{% set fields = {
    'row_key': '_key',
    'identifiers': 'identifiers',
    'happened_at': 'occurred_at',
    'tags': '_tags',
    'intent': 'intent',
} %}

-- One row per record of a sales guide 导购, and version of it: what the guide noted of the customer.
with source as (

    select * from {{ source('raw', 'guide_scans') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'guide_scans' as source,
        row_key as profile_key,
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- what is known
        cast(null as string) as attributes,
        concat_ws('|', nullif(tags, ''), '意向=' || nullif(intent, '')) as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        try_cast(happened_at as timestamp) as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
