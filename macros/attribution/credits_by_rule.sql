{#
    Steps of a query: `earned`, one row per conversion, rule model and touchpoint that gets credit, of
    a step shaped as int_touchpoints_sequenced. Credits of one conversion and model sum to 1.
#}
{% macro credits_by_rule(touchpoints) -%}
weighed as (

    select
        touchpoints.*,
        coalesce(channels.is_direct, false) as is_direct,
        -- the nearest touchpoint weighs 1: far ones of a short half-life would all be nothing
        exp(
            -ln(2.0)
            * (
                touchpoints.hours_before
                - min(touchpoints.hours_before) over (partition by touchpoints.conversion_id)
            )
            / {{ var('time_decay_half_life_days') * 24 }}
        ) as decay
    from {{ touchpoints }} as touchpoints
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel

),

positioned as (

    select
        *,
        touch_position = 1 as is_first,
        touch_position = path_length as is_last,
        -- only direct touches in a path: the last of them
        touch_position = coalesce(
            max(case when not is_direct then touch_position end) over (partition by conversion_id),
            path_length
        ) as is_last_non_direct,
        -- as decimals: a sum of doubles hangs on the order of rows
        coalesce(
            decay
            / cast(
                sum(cast(decay as decimal(38, 18))) over (partition by conversion_id) as double
            ),
            0
        ) as decayed_part
    from weighed

),

credited as (

    select
        models.attribution_model,
        positioned.conversion_id,
        positioned.customer_id,
        positioned.touchpoint_id,
        positioned.channel,
        positioned.campaign_id,
        positioned.touched_at,
        positioned.touch_position,
        positioned.path_length,
        (
            case when positioned.is_first then models.first_share else 0 end
            + case when positioned.is_last then models.last_share else 0 end
            + case when positioned.is_last_non_direct then models.last_non_direct_share else 0 end
            + case
                when not (positioned.is_first or positioned.is_last)
                    then models.between_share / (positioned.path_length - 2)
                else 0
            end
            + models.even_share / positioned.path_length
            + models.decayed_share * positioned.decayed_part
        )
        -- with nobody between, the other shares are all there is
        / case when positioned.path_length > 2 then 1 else 1 - models.between_share end as credit
    from positioned
    inner join {{ ref('attribution_models') }} as models
        on
            models.kind = 'rule'
            and (positioned.hours_before is not null or not models.needs_times)

),

earned as (

    select * from credited
    where credit > 0

)
{%- endmacro %}
