-- One row per conversion type that converted, level, order of the Markov chain and state: how often
-- it was left. Who stays in a state leaves it in the end all the same.
with moves as (

    select
        *,
        cast(
            sum(
                case when to_state = '(conversion)' then cast(transitions as decimal(28, 8)) end
            ) over (partition by conversion_type, level, markov_order)
            as double
        ) as conversions
    from {{ ref('int_channel_transitions_counted') }}
    where from_state <> to_state

),

counted as (

    select
        conversion_type,
        level,
        markov_order,
        from_state,
        cast(sum(cast(transitions as decimal(28, 8))) as double) as departures,
        -- as many begin as it takes for one to convert
        case
            when from_state = '(start)' then max(conversions)
            else cast(sum(cast(transitions as decimal(28, 8))) as double)
        end as departures_weighed
    from moves
    where conversions > 0
    group by conversion_type, level, markov_order, from_state

)

select * from counted
