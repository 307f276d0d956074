-- One row per conversion type, level, order of the Markov chain and channel, or unit of the level,
-- taken out of it, and one with none taken out: a chain each.
with removals as (

    select distinct
        conversion_type,
        level,
        markov_order,
        channel as removed_channel
    from {{ ref('int_channel_states_split') }}
    union all
    select distinct
        conversion_type,
        level,
        markov_order,
        cast(null as string) as removed_channel
    from {{ ref('int_channel_states_split') }}

),

identified as (

    select
        {{ hash_id(
            "conversion_type || '|' || level || '|' || cast(markov_order as string)"
            ~ " || '|' || coalesce(removed_channel, '')"
        ) }} as chain_id,
        conversion_type,
        level,
        markov_order,
        removed_channel
    from removals

)

select * from identified
