{% set fields = {
    'row_key': '_key',
    'identifiers': 'identifiers',
    'event': 'event',
    'happened_at': 'occurred_at',
    'flow_id': 'flow_id',
    'balance': 'balance',
    'level': 'level',
} %}

-- One row per entry of the points ledger 积分流水: the level and the points that it left.
with source as (

    select * from {{ source('raw', 'loyalty') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'loyalty' as source,
        row_key as profile_key,
        coalesce(identifiers, '') as identifiers,
        load_id,

        -- what is known
        {{ json_object({
            'level': 'level',
            'points': 'balance',
            'member_since': "case when event = 'register' then cast("
                ~ local_date('try_cast(happened_at as timestamp)') ~ " as string) end",
        }) }} as attributes,
        cast(null as string) as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        try_cast(happened_at as timestamp) as observed_at,
        -- entries of one second follow each other by their numbers, P9 before P10
        lpad(cast(length(flow_id) as string), 6, '0') || flow_id as entry_order,
        received_at
    from parsed

)

select * from renamed
