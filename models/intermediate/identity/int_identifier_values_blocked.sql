-- One row per type and value, in lower case, that is nobody's: what the seed lists, and of phones
-- and the like the pseudonyms by which the values stand in records.
with listed as (

    select
        types.identifier_type,
        lower(blocklist.identifier_value) as identifier_value,
        blocklist.reason
    from {{ ref('identifier_blocklist') }} as blocklist
    inner join {{ ref('identifier_types') }} as types
        on blocklist.identifier_type in (types.identifier_type, '*')

),

pseudonyms as (

    select
        tokens.identifier_type,
        tokens.token as identifier_value,
        blocklist.reason
    from {{ ref('identifier_blocklist') }} as blocklist
    inner join {{ source('raw', 'blocked_identifiers') }} as tokens
        on blocklist.identifier_value = tokens.identifier_value

),

blocked as (

    select
        identifier_type,
        identifier_value,
        min(reason) as reason
    from (
        select * from listed
        union all
        select * from pseudonyms
    ) as unioned
    group by identifier_type, identifier_value

)

select * from blocked
