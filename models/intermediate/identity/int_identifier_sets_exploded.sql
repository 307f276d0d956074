-- One row per identifier set and identifier in it, the strongest first.
with sets as (

    select
        identifier_set_id,
        identifier_set,
        cast(sum(observation_count) as bigint) as observation_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_identifier_sets_observed') }}
    group by identifier_set_id, identifier_set

),

exploded as (

    select distinct
        sets.identifier_set_id,
        sets.observation_count,
        sets.first_seen_at,
        sets.last_seen_at,
        words.word as identifier
    from sets
    {{ unnest_words('sets.identifier_set') }}

),

typed as (

    select
        identifier_set_id,
        {{ hash_id('identifier') }} as identifier_id,
        split_part(identifier, ':', 1) as identifier_type,
        split_part(identifier, ':', 2) as namespace,
        substr(
            identifier,
            length(split_part(identifier, ':', 1)) + length(split_part(identifier, ':', 2)) + 3
        ) as identifier_value,
        observation_count,
        first_seen_at,
        last_seen_at
    from exploded

),

ranked as (

    select
        typed.*,
        types.strength,
        types.identifies_person,
        types.max_member_ids,
        row_number() over (
            partition by typed.identifier_set_id
            order by types.strength nulls last, typed.identifier_id
        ) as strength_rank
    from typed
    left join {{ ref('identifier_types') }} as types
        on typed.identifier_type = types.identifier_type

)

select * from ranked
