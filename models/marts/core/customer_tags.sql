-- One row per customer, tag and source that gave it: since when, and until when where it ended.
with held as (

    select
        sets.customer_id,
        held.*
    from {{ ref('int_tags_held') }} as held
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on held.identifier_set_id = sets.identifier_set_id
    where
        sets.customer_id <> 'unknown'
        and {{ is_touched('sets.customer_id', 'int_customers_touched') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, tag, source
            order by
                until_at desc nulls first, since_at desc, profile_key asc, tag_value asc
        ) as latest_rank
    from held

),

tags as (

    select
        customer_id,
        tag,
        source,
        bool_or(is_defined) as is_defined,
        max(case when latest_rank = 1 then tag_value end) as tag_value,
        min(since_at) as since_at,
        max(case when latest_rank = 1 then until_at end) as until_at,
        count(*) as times_given,
        max(case when latest_rank = 1 then legal_basis end) as legal_basis
    from ranked
    group by customer_id, tag, source

),

described as (

    select
        tags.customer_id,
        tags.tag,
        coalesce(definitions.name_zh, tags.tag) as tag_name,
        definitions.category,
        tags.is_defined,
        tags.source,
        tags.tag_value,
        tags.since_at,
        tags.until_at,
        tags.times_given,
        tags.legal_basis
    from tags
    left join {{ ref('tag_definitions') }} as definitions
        on tags.tag = definitions.tag

)

select * from described
