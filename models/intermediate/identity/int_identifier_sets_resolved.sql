-- One row per identifier set and the customer whose records it marks: that of its strongest.
with resolved as (

    select
        sets.identifier_set_id,
        -- a record that names nobody's value only belongs to nobody
        case when sets.rejected_by is null then identifiers.customer_id else 'unknown' end
            as customer_id
    from {{ ref('int_identifier_sets_exploded') }} as sets
    inner join {{ ref('int_identifiers_resolved') }} as identifiers
        on sets.identifier_id = identifiers.identifier_id
    where sets.strength_rank = 1

),

-- a record that names nobody belongs to nobody
unknown as (

    select
        {{ hash_id("''") }} as identifier_set_id,
        'unknown' as customer_id

),

unioned as (

    select * from resolved
    union all
    select * from unknown

)

select * from unioned
