-- One row per identifier set and identifier in it, the strongest first. A set never changes, so the
-- load that brings it first appends it.
with arrived as (

    select
        identifier_set_id,
        identifier_set,
        min(load_seq) as load_seq
    from {{ ref('int_identifier_sets_observed') }}
    where {{ is_new('int_identifier_sets_observed') }}
    group by identifier_set_id, identifier_set

),

unseen as (

    select * from arrived
    {% if is_incremental() %}
        where identifier_set_id not in (select seen.identifier_set_id from {{ this }} as seen)
    {% endif %}

),

exploded as (

    select distinct
        identifier_set_id,
        load_seq,
        word as identifier
    from {{ unnest_words('unseen', 'identifier_set') }} as words

),

-- identifiers stand in several sets: each is looked at once
identifiers as (

    select distinct identifier
    from exploded

),

typed as (

    select
        identifier,
        {{ hash_id('identifier') }} as identifier_id,
        split_part(identifier, ':', 1) as identifier_type,
        split_part(identifier, ':', 2) as namespace,
        substr(
            identifier,
            length(split_part(identifier, ':', 1)) + length(split_part(identifier, ':', 2)) + 3
        ) as identifier_value
    from identifiers

),

checked as (

    select
        typed.*,
        types.strength,
        case
            when blocked.identifier_value is not null then 'blocked_value'
            when not {{ matches('typed.identifier_value', 'formats.pattern') }} then 'wrong_format'
        end as rejected_by
    from typed
    left join {{ ref('int_identifier_values_blocked') }} as blocked
        on
            typed.identifier_type = blocked.identifier_type
            and lower(typed.identifier_value) = blocked.identifier_value
    left join {{ ref('identifier_formats') }} as formats
        on typed.identifier_type = formats.identifier_type
    left join {{ ref('identifier_types') }} as types
        on typed.identifier_type = types.identifier_type

),

ranked as (

    select
        exploded.identifier_set_id,
        exploded.load_seq,
        checked.identifier_id,
        checked.identifier_type,
        checked.namespace,
        checked.identifier_value,
        checked.rejected_by,
        checked.strength,
        row_number() over (
            partition by exploded.identifier_set_id
            order by
                -- what everybody may have says least
                case when checked.rejected_by is null then 0 else 1 end,
                checked.strength nulls last,
                checked.identifier_id
        ) as strength_rank
    from exploded
    inner join checked
        on exploded.identifier = checked.identifier

)

select * from ranked
