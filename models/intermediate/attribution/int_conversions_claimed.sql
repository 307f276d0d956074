-- One row per conversion and the channel and campaign of a touchpoint in its path: what the last
-- touch is credited with, and whether another paid channel touched it, too, and may claim it.
with credited as (

    select
        credits.conversion_id,
        credits.channel,
        coalesce(campaigns.campaign_id, credits.campaign_id) as campaign_id,
        {{ local_date('conversions.converted_at') }} as conversion_date,
        case when credits.attribution_model = 'last_touch' then credits.credit else 0 end
            as attributed_conversions,
        case
            when credits.attribution_model = 'last_touch'
                then credits.credit * conversions.revenue
            else 0
        end as attributed_revenue
    from {{ ref('int_credits_by_rule') }} as credits
    -- a path that was told as a whole has no day
    inner join {{ ref('int_conversions_identified') }} as conversions
        on
            credits.conversion_id = conversions.conversion_id
            and conversions.conversion_type = 'purchase'
    left join {{ ref('int_campaigns_named') }} as campaigns
        on
            credits.channel = campaigns.channel
            and credits.campaign_id = campaigns.campaign_name
    -- linear credits every touchpoint
    where credits.attribution_model in ('last_touch', 'linear')

),

summed as (

    select
        conversion_id,
        channel,
        campaign_id,
        conversion_date,
        sum(attributed_conversions) as attributed_conversions,
        sum(attributed_revenue) as attributed_revenue
    from credited
    group by conversion_id, channel, campaign_id, conversion_date

),

counted as (

    select
        summed.conversion_id,
        count(distinct summed.channel) as paid_channel_count
    from summed
    inner join {{ ref('channels') }} as channels
        on summed.channel = channels.channel and channels.is_paid
    group by summed.conversion_id

),

claimed as (

    select
        summed.*,
        coalesce(counted.paid_channel_count > 1, false) as is_shared
    from summed
    left join counted
        on summed.conversion_id = counted.conversion_id

)

select * from claimed
