{# The query of int_identities_counted. #}
{% macro identities_counted() -%}
with counted as (

    select
        resolved.customer_id,
        count(*) as identifier_count,
        -- what is nobody's names nobody; the hashes of a phone tell no more than the phone
        count(distinct case
            when types.identifies_person and identifiers.rejected_by is null
                then coalesce(types.form_of, types.identifier_type)
        end) as person_identifier_kinds,
        bool_or(coalesce(types.is_unique and identifiers.rejected_by is null, false)) as is_member,
        bool_or(types.identifier_type = 'phone' and identifiers.rejected_by is null) as has_phone,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from {{ ref('int_identifiers_resolved') }} as resolved
    inner join {{ ref('int_identifiers_observed') }} as identifiers
        on resolved.identifier_id = identifiers.identifier_id
    left join {{ ref('identifier_types') }} as types
        on identifiers.identifier_type = types.identifier_type
    where {{ is_touched('resolved.customer_id', 'int_customers_touched') }}
    group by resolved.customer_id

),

sources as (

    select
        sets.customer_id,
        count(distinct observed.source) as source_count
    from {{ ref('int_identifier_sets_observed') }} as observed
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on observed.identifier_set_id = sets.identifier_set_id
    where {{ is_touched('sets.customer_id', 'int_customers_touched') }}
    group by sets.customer_id

),

identities as (

    select
        counted.customer_id,
        counted.person_identifier_kinds > 0 as is_identified,
        counted.is_member,
        coalesce(counted.has_phone, false) as has_phone,
        counted.identifier_count,
        counted.person_identifier_kinds,
        coalesce(sources.source_count, 0) as source_count,
        counted.first_seen_at,
        counted.last_seen_at
    from counted
    left join sources
        on counted.customer_id = sources.customer_id

)

select * from identities
{%- endmacro %}
