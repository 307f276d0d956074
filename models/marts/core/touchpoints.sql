-- One row per touchpoint of a customer, online and offline: a session, or an event outside of
-- sessions that counts as a touch.
with touched as (

    select
        cast(touchpoints.touchpoint_id as string) as touchpoint_id,
        touchpoints.customer_id,
        touchpoints.touchpoint_kind,
        touchpoints.touchpoint_type,
        touchpoints.channel,
        channels.channel_group,
        touchpoints.campaign_id,
        touchpoints.ad_id,
        touchpoints.creative_id,
        touchpoints.content_id,
        touchpoints.store_id,
        touchpoints.weight,
        touchpoints.touched_at,
        {{ local_date('touchpoints.touched_at') }} as touch_date
    from {{ ref('int_touchpoints_identified') }} as touchpoints
    left join {{ ref('channels') }} as channels
        on touchpoints.channel = channels.channel
    where {{ is_touched('touchpoints.customer_id', 'int_customers_touched') }}

)

select * from touched
