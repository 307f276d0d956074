-- One row per conversion and the channel and campaign of a touchpoint in its path: what the last
-- touch is credited with, and whether another paid channel touched it, too, and may claim it.
with credited as (

    select
        conversion_id,
        channel,
        campaign_id,
        conversion_date,
        sum(case when attribution_model = 'last_touch' then conversions else 0 end)
            as attributed_conversions,
        sum(case when attribution_model = 'last_touch' then revenue else 0 end)
            as attributed_revenue
    from {{ ref('touchpoint_credits') }}
    where
        -- linear credits every touchpoint
        attribution_model in ('last_touch', 'linear')
        and conversion_date is not null
        and touchpoint_id is not null
    group by conversion_id, channel, campaign_id, conversion_date

),

counted as (

    select
        credited.conversion_id,
        count(distinct credited.channel) as paid_channel_count
    from credited
    inner join {{ ref('channels') }} as channels
        on credited.channel = channels.channel and channels.is_paid
    group by credited.conversion_id

),

claimed as (

    select
        credited.*,
        coalesce(counted.paid_channel_count > 1, false) as is_shared
    from credited
    left join counted
        on credited.conversion_id = counted.conversion_id

)

select * from claimed
