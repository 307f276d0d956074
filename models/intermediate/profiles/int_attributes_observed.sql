-- One row per version of a profile and attribute that it tells, in our words (seeds
-- customer_attribute_map and customer_attribute_values). A name that no line maps keeps itself.
with arrived as (

    select * from {{ ref('int_profiles_unioned') }}
    where {{ is_new('int_profiles_unioned') }}

),

told as (

    select
        profile_version_id,
        source,
        identifier_set_id,
        legal_basis,
        valid_until,
        observed_at,
        entry_order,
        received_at,
        load_seq,
        field as raw_attribute,
        trim(field_value) as raw_value
    from {{ unnest_json_object('arrived', 'attributes') }} as fields

),

named as (

    select
        told.*,
        coalesce(own.attribute, anyones.attribute, told.raw_attribute) as attribute,
        coalesce(own.attribute, anyones.attribute) is not null as is_defined,
        coalesce(own.precedence, anyones.precedence, 100) as precedence
    from told
    left join {{ ref('customer_attribute_map') }} as own
        on told.source = own.source and told.raw_attribute = own.raw_attribute
    left join {{ ref('customer_attribute_map') }} as anyones
        on anyones.source is null and told.raw_attribute = anyones.raw_attribute
    where told.raw_value <> ''

),

valued as (

    select
        named.*,
        coalesce(meanings.attribute_value, named.raw_value) as attribute_value
    from named
    left join {{ ref('customer_attribute_values') }} as meanings
        on named.attribute = meanings.attribute and named.raw_value = meanings.raw_value

),

-- two raw names can mean one attribute
numbered as (

    select
        *,
        row_number() over (
            partition by profile_version_id, attribute order by precedence, raw_attribute
        ) as name_rank
    from valued

),

observed as (

    select
        profile_version_id,
        source,
        identifier_set_id,
        attribute,
        attribute_value,
        is_defined,
        precedence,
        legal_basis,
        valid_until,
        observed_at,
        entry_order,
        received_at,
        load_seq
    from numbered
    where name_rank = 1

)

select * from observed
