-- One row per conversion type, level, order of the Markov chain, group of customers and step: how
-- often their paths took it. A state is the last channels of a path, or units of the level, as many
-- as the order says; a path that has fewer is one state.
with states as (

    select
        windowed.conversion_type,
        windowed.sample_group,
        windowed.conversions,
        windowed.non_conversions,
        windowed.is_last,
        chains.level,
        chains.markov_order,
        case
            when windowed.depth <= chains.markov_order then '(start)'
            else
                concat_ws(
                    ' > ',
                    case when chains.markov_order > 2 then windowed.channel_before_3 end,
                    case when chains.markov_order > 1 then windowed.channel_before_2 end,
                    windowed.channel_before_1
                )
        end as state_before,
        concat_ws(
            ' > ',
            case when chains.markov_order > 2 then windowed.channel_before_2 end,
            case when chains.markov_order > 1 then windowed.channel_before_1 end,
            windowed.channel
        ) as state
    from {{ ref('int_channel_windows_counted') }} as windowed
    inner join {{ ref('int_chains_asked') }} as chains
        on
            windowed.conversion_type = chains.conversion_type
            and windowed.level = chains.level
            and (windowed.depth >= chains.markov_order or windowed.is_last)

),

steps as (

    select
        conversion_type,
        sample_group,
        level,
        markov_order,
        state_before as from_state,
        state as to_state,
        conversions + non_conversions as transitions
    from states
    union all
    select
        conversion_type,
        sample_group,
        level,
        markov_order,
        state as from_state,
        '(conversion)' as to_state,
        conversions as transitions
    from states
    where is_last
    union all
    select
        conversion_type,
        sample_group,
        level,
        markov_order,
        state as from_state,
        '(null)' as to_state,
        non_conversions as transitions
    from states
    where is_last

),

grouped as (

    select
        conversion_type,
        level,
        markov_order,
        sample_group,
        from_state,
        to_state,
        sum(transitions) as transitions
    from steps
    where transitions > 0
    group by conversion_type, level, markov_order, sample_group, from_state, to_state

)

select * from grouped
