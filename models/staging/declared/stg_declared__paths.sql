{% set fields = {
    'declared_source': 'source',
    'path': 'path',
    'conversions': 'conversions',
    'value': 'value',
    'non_conversions': 'non_conversions',
    'money_unit': 'money_unit',
} %}

-- One row per aggregated path of a declared file: how often it converted, and how often not.
with source as (

    select * from {{ source('raw', 'declared') }}
    where record_type = 'paths'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        parsed.event_id as declared_path_id,
        parsed.declared_source as source,
        parsed.load_id,

        -- strings
        parsed.path,

        -- numerics
        coalesce(try_cast(parsed.conversions as double), 0) as conversions,
        coalesce(try_cast(parsed.value as double), 0) * cast(units.to_cny as double) as revenue,
        coalesce(try_cast(parsed.non_conversions as double), 0) as non_conversions
    from parsed
    left join {{ ref('money_units') }} as units
        on units.source = 'declared' and parsed.money_unit = units.field

)

select * from renamed
