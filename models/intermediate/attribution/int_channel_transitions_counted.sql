-- One row per conversion type, order of the Markov chain and step: how often it was taken. A state
-- is the last channels of a path, as many as the order says; a path that has fewer is one state.
with touches as (

    select
        paths.conversion_type,
        paths.path,
        paths.conversions,
        paths.non_conversions,
        words.word as channel,
        words.ordinal as position,
        count(*) over (partition by paths.conversion_type, paths.path) as path_length
    from {{ ref('int_paths_counted') }} as paths
    {{ unnest_words('paths.path', ' > ') }}

),

preceded as (

    select
        *,
        lag(channel, 1) over (walk) as channel_before,
        lag(channel, 2) over (walk) as channel_before_that
    from touches
    window walk as (partition by conversion_type, path order by position)

),

states as (

    select
        preceded.conversion_type,
        preceded.path,
        preceded.conversions,
        preceded.non_conversions,
        preceded.position,
        models.markov_order,
        preceded.position = preceded.path_length as is_last,
        concat_ws(
            ' > ',
            case when models.markov_order > 2 then preceded.channel_before_that end,
            case when models.markov_order > 1 then preceded.channel_before end,
            preceded.channel
        ) as state
    from preceded
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'markov'
            and preceded.position >= least(models.markov_order, preceded.path_length)

),

steps as (

    select
        conversion_type,
        markov_order,
        coalesce(
            lag(state) over (partition by conversion_type, markov_order, path order by position),
            '(start)'
        ) as from_state,
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
        cast(sum(cast(transitions as decimal(28, 8))) as double) as transitions
    from steps
    where transitions > 0
    group by conversion_type, markov_order, from_state, to_state

)

select * from counted
