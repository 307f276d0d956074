{#
    Steps of a query: `sequenced`, one row per conversion and touchpoint in its look-back window, in
    order, of two earlier steps or relations with (customer_id, touched_at, touchpoint_id, channel,
    campaign_id, weight) and (customer_id, converted_at, conversion_id, conversion_type,
    window_started_at, lead_at).
#}
{% macro sequenced_touchpoints(touchpoints, conversions) -%}
-- touches and conversions on one line of time; a touch at the instant of a conversion precedes it
timeline as (

    select
        customer_id,
        touched_at as happened_at,
        false as is_conversion,
        touchpoint_id as happening_id,
        channel,
        campaign_id,
        weight
    from {{ touchpoints }}
    where customer_id in (select converted.customer_id from {{ conversions }} as converted)
    union all
    select
        customer_id,
        converted_at as happened_at,
        true as is_conversion,
        conversion_id as happening_id,
        cast(null as string) as channel,
        cast(null as string) as campaign_id,
        cast(null as double) as weight
    from {{ conversions }}

),

numbered as (

    select
        *,
        {% set until_now -%}
            partition by customer_id order by happened_at, is_conversion, happening_id
            rows between unbounded preceding and current row
        {%- endset -%}
        count(case when not is_conversion then 1 end) over ({{ until_now }}) as touch_number,
        max(case when not is_conversion then happened_at end) over ({{ until_now }})
            as last_touched_at
    from timeline

),

reached as (

    select
        conversions.*,
        numbered.touch_number,
        numbered.last_touched_at
    from {{ conversions }} as conversions
    inner join numbered
        on
            conversions.customer_id = numbered.customer_id
            and conversions.conversion_id = numbered.happening_id
            and numbered.is_conversion

),

-- one wrongly merged customer must not blow up the product of touches and conversions
in_window as (

    select
        reached.conversion_id,
        reached.conversion_type,
        reached.customer_id,
        touches.happening_id as touchpoint_id,
        touches.channel,
        touches.campaign_id,
        touches.weight,
        touches.happened_at as touched_at,
        {{ seconds_between('touches.happened_at', 'reached.converted_at') }} / 3600.0
            as hours_before,
        {{ seconds_between('reached.last_touched_at', 'reached.converted_at') }} / 3600.0
            as nearest_hours_before,
        reached.lead_at,
        reached.touch_number - touches.touch_number as touches_after,
        count(*) over (partition by reached.conversion_id) as path_length
    from reached
    inner join numbered as touches
        on
            reached.customer_id = touches.customer_id
            and reached.touch_number >= touches.touch_number
            and touches.touch_number > reached.touch_number - {{ var('path_max_touchpoints') }}
            and touches.happened_at > reached.window_started_at
    where not touches.is_conversion

),

sequenced as (

    select
        conversion_id,
        conversion_type,
        customer_id,
        touchpoint_id,
        channel,
        campaign_id,
        weight,
        touched_at,
        hours_before,
        nearest_hours_before,
        lead_at,
        cast(path_length - touches_after as bigint) as touch_position,
        cast(path_length as bigint) as path_length
    from in_window

)
{%- endmacro %}
