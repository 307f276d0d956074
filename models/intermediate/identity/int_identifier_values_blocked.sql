-- One row per type and value, in lower case, that is nobody's: what the seed lists, and of phones
-- and the like the pseudonyms by which the values stand in records.
with listed as (

    select
        identifier_type,
        identifier_value,
        reason
    from {{ ref('identifier_blocklist') }}
    union all
    -- dbt would read these words in a seed as nothing
    select
        '*' as identifier_type,
        word as identifier_value,
        'no value written as text' as reason
    from {{ unnest_words("(select 'null none na n/a nan' as no_values)", 'no_values') }} as words

),

as_written as (

    select
        types.identifier_type,
        lower(listed.identifier_value) as identifier_value,
        listed.reason
    from listed
    inner join {{ ref('identifier_types') }} as types
        on listed.identifier_type in (types.identifier_type, '*')
    -- these are never written as they are
    left join {{ source('raw', 'blocked_identifiers') }} as tokens
        on
            listed.identifier_type = tokens.listed_type
            and listed.identifier_value = tokens.listed_value
    where tokens.token is null or listed.identifier_type = '*'

),

as_pseudonyms as (

    select
        tokens.identifier_type,
        tokens.token as identifier_value,
        listed.reason
    from listed
    inner join {{ source('raw', 'blocked_identifiers') }} as tokens
        on
            listed.identifier_type = tokens.listed_type
            and listed.identifier_value = tokens.listed_value

),

unioned as (

    select * from as_written
    union all
    select * from as_pseudonyms

),

blocked as (

    select
        identifier_type,
        identifier_value,
        min(reason) as reason
    from unioned
    group by identifier_type, identifier_value

)

select * from blocked
