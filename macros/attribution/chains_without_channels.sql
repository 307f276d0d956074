{#
    Steps of a query: `chains`, as the materialization absorbing_chains walks them: each of the chains
    that the keys tell apart, whole and without each channel, of how often its steps were taken
    (keys, from_state, to_state, transitions) and the channels in its states (keys, state, channel).
#}
{% macro chains_without_channels(transitions, states, keys) -%}
removals as (

    select distinct
        {{ keys | join(', ') }},
        channel as removed_channel
    from {{ states }}
    union all
    select distinct
        {{ keys | join(', ') }},
        cast(null as string) as removed_channel
    from {{ states }}

),

-- who stays in a state leaves it in the end all the same
moves as (

    select
        *,
        cast(sum(cast(transitions as decimal(28, 8))) over (origin) as double) as departures,
        cast(
            sum(
                case when to_state = '(conversion)' then cast(transitions as decimal(28, 8)) end
            ) over (chain)
            as double
        ) as conversions
    from {{ transitions }}
    where from_state <> to_state
    window
        origin as (partition by {{ keys | join(', ') }}, from_state),
        chain as (partition by {{ keys | join(', ') }})

),

-- as many begin as it takes for one to convert
weighed as (

    select
        {{ keys | join(', ') }},
        from_state,
        to_state,
        {{ hash_id('from_state') }} as from_id,
        {{ hash_id('to_state') }} as to_id,
        transitions
        / case when from_state = '(start)' then conversions else departures end as weight
    from moves
    where conversions > 0 and to_state <> '(null)'

),

chains as (

    select
        {{ removal_id('removals', keys) }} as chain_id,
        weighed.from_id,
        weighed.to_id,
        weighed.weight
    from weighed
    inner join removals
        on
            {% for key in keys %}
                weighed.{{ key }} = removals.{{ key }} {{ 'and' if not loop.last }}
            {% endfor %}
    left join {{ states }} as removed
        on
            {% for key in keys %}
                removals.{{ key }} = removed.{{ key }} and
            {% endfor %}
            removals.removed_channel = removed.channel
            and weighed.to_state = removed.state
    where removed.state is null
    union all
    -- what has converted stays so
    select
        {{ removal_id('removals', keys) }} as chain_id,
        {{ hash_id("'(conversion)'") }} as from_id,
        {{ hash_id("'(conversion)'") }} as to_id,
        cast(1 as double) as weight
    from removals

)
{%- endmacro %}
