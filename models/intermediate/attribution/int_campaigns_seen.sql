-- One row per channel and campaign that we saw anything of: clicks that the click monitor was told
-- of, landings, touchpoints, and those of customers whom we know.
with seen as (

    select
        channel,
        campaign_id,
        monitored_clicks,
        landings,
        case when landings > 0 then arrival_date end as landing_date,
        0 as touchpoints,
        0 as identified_touchpoints
    from {{ ref('int_arrivals_counted') }}
    union all
    select
        touchpoints.channel,
        placed.campaign_id,
        0 as monitored_clicks,
        0 as landings,
        cast(null as date) as landing_date,
        1 as touchpoints,
        case when customers.is_identified then 1 else 0 end as identified_touchpoints
    from {{ ref('touchpoints') }} as touchpoints
    inner join {{ ref('customers') }} as customers
        on touchpoints.customer_id = customers.customer_id
    left join {{ ref('int_touchpoints_placed') }} as placed
        on touchpoints.touchpoint_id = placed.touchpoint_id

),

counted as (

    select
        channel,
        campaign_id,
        cast(sum(monitored_clicks) as bigint) as monitored_clicks,
        cast(sum(landings) as bigint) as landings,
        max(landing_date) as last_landing_date,
        cast(sum(touchpoints) as bigint) as touchpoint_count,
        cast(sum(identified_touchpoints) as bigint) as identified_touchpoint_count
    from seen
    group by channel, campaign_id

)

select * from counted
