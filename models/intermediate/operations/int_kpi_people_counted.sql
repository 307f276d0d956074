-- One row per channel and period that a target is for: people touched in it, on several channels or
-- not, and those of them who bought in it.
with people as (

    select
        periods.*,
        touchpoints.customer_id,
        min(touchpoints.channel) <> max(touchpoints.channel) as is_cross_channel,
        max(case when periods.channel in ('(all)', touchpoints.channel) then 1 else 0 end)
            as is_touched
    from {{ ref('int_kpi_periods') }} as periods
    inner join {{ ref('touchpoints') }} as touchpoints
        on
            periods.starts_on <= touchpoints.touch_date
            and periods.ends_on >= touchpoints.touch_date
    group by periods.channel, periods.starts_on, periods.ends_on, touchpoints.customer_id

),

buyers as (

    select distinct
        periods.starts_on,
        periods.ends_on,
        conversions.customer_id
    from {{ ref('int_kpi_periods') }} as periods
    inner join {{ ref('conversions') }} as conversions
        on
            periods.starts_on <= conversions.conversion_date
            and periods.ends_on >= conversions.conversion_date
    where conversions.conversion_type = 'purchase'

),

touched as (

    select
        people.channel,
        people.starts_on,
        people.ends_on,
        count(*) as touched_people,
        count(buyers.customer_id) as touched_buyers,
        count(case when people.is_cross_channel then 1 end) as cross_channel_people,
        count(case when people.is_cross_channel then buyers.customer_id end)
            as cross_channel_buyers
    from people
    left join buyers
        on
            people.customer_id = buyers.customer_id
            and people.starts_on = buyers.starts_on
            and people.ends_on = buyers.ends_on
    where people.is_touched = 1
    group by people.channel, people.starts_on, people.ends_on

)

select * from touched
