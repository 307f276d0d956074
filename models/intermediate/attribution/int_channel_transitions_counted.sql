-- One row per conversion type, order of the Markov chain and step: how often it was taken. A state
-- is the last channels of a path, as many as the order says; a path that has fewer is one state.
with paths as (

    select
        {{ hash_id("conversion_type || '|' || path") }} as path_id,
        conversion_type,
        path,
        cast(conversions as decimal(28, 8)) as conversions,
        cast(non_conversions as decimal(28, 8)) as non_conversions
    from {{ ref('int_paths_counted') }}

),

touches as (

    select
        paths.path_id,
        paths.conversion_type,
        paths.conversions,
        paths.non_conversions,
        words.word as channel,
        words.ordinal as position
    from paths
    {{ unnest_words('paths.path', ' > ') }}

),

preceded as (

    select
        *,
        lag(channel, 1) over (walk) as channel_before_1,
        lag(channel, 2) over (walk) as channel_before_2,
        lag(channel, 3) over (walk) as channel_before_3,
        lead(channel) over (walk) is null as is_last
    from touches
    window walk as (partition by path_id order by position)

),

-- of all that the orders look at, each kind once: paths are many, these are few
windowed as (

    select
        conversion_type,
        channel_before_3,
        channel_before_2,
        channel_before_1,
        channel,
        least(position, 4) as depth,
        is_last,
        sum(conversions) as conversions,
        sum(non_conversions) as non_conversions
    from preceded
    group by
        conversion_type, channel_before_3, channel_before_2, channel_before_1, channel,
        least(position, 4), is_last

),

states as (

    select
        windowed.conversion_type,
        windowed.conversions,
        windowed.non_conversions,
        windowed.is_last,
        models.markov_order,
        case
            when windowed.depth <= models.markov_order then '(start)'
            else
                concat_ws(
                    ' > ',
                    case when models.markov_order > 2 then windowed.channel_before_3 end,
                    case when models.markov_order > 1 then windowed.channel_before_2 end,
                    windowed.channel_before_1
                )
        end as state_before,
        concat_ws(
            ' > ',
            case when models.markov_order > 2 then windowed.channel_before_2 end,
            case when models.markov_order > 1 then windowed.channel_before_1 end,
            windowed.channel
        ) as state
    from windowed
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and (windowed.depth >= models.markov_order or windowed.is_last)

),

steps as (

    select
        conversion_type,
        markov_order,
        state_before as from_state,
        state as to_state,
        conversions + non_conversions as transitions
    from states
    union all
    select
        conversion_type,
        markov_order,
        state as from_state,
        '(conversion)' as to_state,
        conversions as transitions
    from states
    where is_last
    union all
    select
        conversion_type,
        markov_order,
        state as from_state,
        '(null)' as to_state,
        non_conversions as transitions
    from states
    where is_last

),

counted as (

    select
        conversion_type,
        markov_order,
        from_state,
        to_state,
        cast(sum(transitions) as double) as transitions
    from steps
    where transitions > 0
    group by conversion_type, markov_order, from_state, to_state

)

select * from counted
