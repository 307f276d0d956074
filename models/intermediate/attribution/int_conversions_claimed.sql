-- One row per order and the channel and campaign of a touchpoint in its path: what the last touch
-- is credited with, and whether another paid channel touched it, too, and may claim it.
with touched as (

    select
        touches.conversion_id,
        touches.channel,
        coalesce(campaigns.campaign_id, touches.campaign_id) as campaign_id,
        {{ local_date('conversions.converted_at') }} as conversion_date,
        touches.touch_position = touches.path_length as is_last,
        conversions.revenue
    from {{ ref('int_touchpoints_sequenced') }} as touches
    inner join {{ ref('int_conversions_identified') }} as conversions
        on
            touches.conversion_id = conversions.conversion_id
            and conversions.conversion_type = 'purchase'
    left join {{ ref('int_campaigns_named') }} as campaigns
        on
            touches.channel = campaigns.channel
            and touches.campaign_id = campaigns.campaign_name

),

summed as (

    select
        conversion_id,
        channel,
        campaign_id,
        conversion_date,
        cast(count(case when is_last then 1 end) as double) as attributed_conversions,
        sum(case when is_last then cast(revenue as double) else 0 end) as attributed_revenue
    from touched
    group by conversion_id, channel, campaign_id, conversion_date

),

paid as (

    select
        summed.conversion_id,
        count(distinct summed.channel) as channel_count,
        min(summed.channel) as first_channel
    from summed
    inner join {{ ref('channels') }} as channels
        on summed.channel = channels.channel and channels.is_paid
    group by summed.conversion_id

),

claimed as (

    select
        summed.*,
        -- one that is not this one
        coalesce(paid.channel_count > 1 or paid.first_channel <> summed.channel, false) as is_shared
    from summed
    left join paid
        on summed.conversion_id = paid.conversion_id

)

select * from claimed
