-- One row per conversion, rule model and touchpoint that gets credit. Credits of one conversion
-- and model sum to 1.
with touchpoints as (

    select
        touchpoints.*,
        coalesce(channels.is_direct, false) as is_direct
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel
    where {{ is_touched('touchpoints.customer_id', 'int_customers_touched') }}

),

positioned as (

    select
        *,
        -- only direct touches in a path: the last of them
        coalesce(
            max(case when not is_direct then touch_position end) over (partition by conversion_id),
            path_length
        ) as last_non_direct_position,
        exp(
            -ln(2.0) * hours_before / {{ var('time_decay_half_life_days') * 24 }}
        ) as decay
    from touchpoints

),

weighted as (

    select
        *,
        case when touch_position = 1 then 1.0 else 0.0 end as first_touch,
        case when touch_position = path_length then 1.0 else 0.0 end as last_touch,
        case when touch_position = last_non_direct_position then 1.0 else 0.0 end
            as last_non_direct,
        1.0 as linear,
        -- without times there is no decay to speak of
        decay as time_decay,
        case
            when path_length = 1 then 1.0
            when touch_position = 1 then {{ var('position_based_first') }}
            when touch_position = path_length then {{ var('position_based_last') }}
            else
                (1.0 - {{ var('position_based_first') }} - {{ var('position_based_last') }})
                / (path_length - 2)
        end as position_based
    from positioned

),

modelled as (

    {% for attribution_model in [
        'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based'
    ] %}
        select
            '{{ attribution_model }}' as attribution_model,
            conversion_id,
            customer_id,
            touchpoint_id,
            channel,
            campaign_id,
            touched_at,
            touch_position,
            path_length,
            cast({{ attribution_model }} as double) as weight
        from weighted
        where {{ attribution_model }} > 0
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

normalised as (

    select
        attribution_model,
        conversion_id,
        customer_id,
        touchpoint_id,
        channel,
        campaign_id,
        touched_at,
        touch_position,
        path_length,
        weight / sum(weight) over (partition by attribution_model, conversion_id) as credit
    from modelled

)

select * from normalised
