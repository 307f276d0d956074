-- One row per channel and what a visit may tell of a campaign, its id or a name that it has or had:
-- how many campaigns have, or had, that name, or one of its names.
with named as (

    select distinct
        channel,
        campaign_name,
        campaign_id
    from {{ ref('int_ad_performance_counted') }}
    where campaign_name is not null and campaign_id is not null

),

counted as (

    select
        *,
        count(*) over (partition by channel, campaign_name) as campaign_count
    from named

),

-- visits that tell a name which reports have twice stand by the name
told as (

    select
        channel,
        campaign_name as told_campaign,
        campaign_count
    from counted
    union all
    select
        channel,
        campaign_id as told_campaign,
        campaign_count
    from counted

),

shared as (

    select
        channel,
        told_campaign,
        max(campaign_count) as campaign_count
    from told
    group by channel, told_campaign

)

select * from shared
