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
    -- a channel that the seed lacks keeps its name, and is online like most
    where channels.channel is null or not channels.is_offline
    group by touchpoints.customer_id, touchpoints.touched_at

),

timeline as (

    select
        act_id,
        customer_id,
        event_type,
        store_id,
        revenue,
        occurred_at,
        {{ null_columns(['online_channel']) }},
        cast(null as timestamp) as touched_at
    from {{ ref('int_offline_acts') }}
    union all
    select
        {{ null_columns(['act_id']) }},
        customer_id,
        {{ null_columns(['event_type', 'store_id']) }},
        cast(null as decimal(18, 4)) as revenue,
        touched_at as occurred_at,
        channel as online_channel,
        touched_at
    from online_touches

),

preceded as (

    select
        *,
        {{ ignoring_nulls('first_value', 'online_channel') }} over look_back
            as first_online_channel,
        min(touched_at) over look_back as first_touched_at
    from timeline
    window look_back as (
        -- acts of who knows whom have nothing to do with each other
        partition by customer_id, case when customer_id = 'unknown' then act_id end
        order by occurred_at
        range between interval {{ var('attribution_lookback_days') }} day preceding and current row
    )

),

acts as (

    select
        act_id,
        customer_id,
        event_type,
        store_id,
        revenue,
        first_online_channel,
        {{ seconds_between('first_touched_at', 'occurred_at') }} / 86400.0
            as days_since_first_touch
    from preceded
    where act_id is not null

)

select * from acts
