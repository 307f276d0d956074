-- One row per conversion type, level, order of the Markov chain, state and channel, or unit of the
-- level, in it.
with states as (

    select distinct
        conversion_type,
        level,
        markov_order,
        to_state as state
    from {{ ref('int_channel_transitions_counted') }}
    where to_state not in ('(conversion)', '(null)')

),

split as (

    select distinct
        conversion_type,
        level,
        markov_order,
        state,
        word as channel
    from {{ unnest_words('states', 'state', ' > ') }} as words

)

select * from split
