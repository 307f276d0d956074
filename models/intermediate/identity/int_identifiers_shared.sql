-- One row per identifier that is nobody's or many people's, by the rules on links.
with shared as (

    select weak_id as identifier_id
    from {{ ref('int_identifier_links_judged') }}
    where rejected_by in ('shared', 'too_many_links')
    union
    select strong_id as identifier_id
    from {{ ref('int_identifier_links_judged') }}
    where rejected_by = 'too_many_links'
    union
    select identifier_id
    from {{ ref('int_identifiers_observed') }}
    where rejected_by is not null

)

select * from shared
