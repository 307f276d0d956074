-- One row per customer and attribute: what is known of them, who says so, and since when. Of
-- several sources the one of the best precedence counts (seed customer_attribute_map), of one
-- source the latest word.
with observed as (

    select
        sets.customer_id,
        observed.*
    from {{ ref('int_attributes_observed') }} as observed
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on observed.identifier_set_id = sets.identifier_set_id
    where
        sets.customer_id <> 'unknown'
        and {{ is_touched('sets.customer_id', 'int_customers_touched') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, attribute
            order by
                -- what is known for a time only yields to what is known
                case when valid_until is null then 0 else 1 end asc, precedence asc,
                observed_at desc, entry_order desc nulls last, received_at desc, source asc,
                profile_version_id desc
        ) as value_rank
    from observed

),

-- within one source, whose word counts
compared as (

    select
        *,
        first_value(source) over latest_first as counting_source,
        first_value(attribute_value) over latest_first as counting_value
    from ranked
    window latest_first as (partition by customer_id, attribute order by value_rank)

),

-- when the source last said something else
changed as (

    select
        *,
        min(case when attribute_value <> counting_value then value_rank end) over (
            partition by customer_id, attribute
        ) as rank_before
    from compared
    where source = counting_source

),

described as (

    select
        *,
        min(observed_at) over (partition by customer_id, attribute) as since_at
    from changed
    where rank_before is null or value_rank < rank_before

),

attributes as (

    select
        described.customer_id,
        described.attribute,
        coalesce(definitions.name_zh, described.attribute) as attribute_name,
        described.attribute_value,
        described.is_defined,
        described.source,
        described.since_at,
        described.observed_at,
        described.legal_basis,
        described.valid_until
    from described
    left join {{ ref('customer_attribute_definitions') }} as definitions
        on described.attribute = definitions.attribute
    where described.value_rank = 1

)

select * from attributes
