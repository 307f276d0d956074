-- One row per act away from any screen, a purchase in a store, a call, a contract, and the first
-- online touchpoint in the look-back window before it.
-- Of touchpoints at one instant one counts, for a window of time knows no order within it.
with online_touches as (

    select
        touchpoints.customer_id,
        touchpoints.touched_at,
        {{ min_by('touchpoints.channel', 'touchpoints.touchpoint_id') }} as channel
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel
    where
        -- a channel that the seed lacks keeps its name, and is online like most
        (channels.channel is null or not channels.is_offline)
        and touchpoints.customer_id in (
            select acts.customer_id from {{ ref('int_offline_acts') }} as acts
        )
    group by touchpoints.customer_id, touchpoints.touched_at

),

lookbacks as (

    select
        event_type,
        max(lookback_days) as lookback_days
    from {{ ref('int_conversion_types') }}
    group by event_type

),

-- an act stands where its look-back window begins
timeline as (

    select
        acts.act_id,
        acts.customer_id,
        acts.event_type,
        acts.store_id,
        acts.revenue,
        acts.occurred_at,
        {{ days_before(
            'acts.occurred_at',
            'coalesce(lookbacks.lookback_days, ' ~ var('attribution_lookback_days') ~ ')'
        ) }} as placed_at,
        {{ null_columns(['online_channel']) }},
        cast(null as timestamp) as touched_at
    from {{ ref('int_offline_acts') }} as acts
    left join lookbacks
        on acts.event_type = lookbacks.event_type
    union all
    select
        {{ null_columns(['act_id']) }},
        customer_id,
        {{ null_columns(['event_type', 'store_id']) }},
        cast(null as decimal(18, 4)) as revenue,
        cast(null as timestamp) as occurred_at,
        touched_at as placed_at,
        channel as online_channel,
        touched_at
    from online_touches

),

followed as (

    select
        *,
        {{ ignoring_nulls('last_value', 'online_channel') }} over from_there as next_channel,
        min(touched_at) over from_there as next_touched_at
    from timeline
    window from_there as (
        -- acts of who knows whom have nothing to do with each other
        partition by customer_id, case when customer_id = 'unknown' then act_id end
        -- backwards: Spark would begin anew at each row of what follows
        order by placed_at desc
        range between unbounded preceding and current row
    )

),

acts as (

    select
        act_id,
        customer_id,
        event_type,
        store_id,
        revenue,
        case when next_touched_at <= occurred_at then next_channel end as first_online_channel,
        case
            when next_touched_at <= occurred_at
                then {{ seconds_between('next_touched_at', 'occurred_at') }} / 86400.0
        end as days_since_first_touch
    from followed
    where act_id is not null

)

select * from acts
