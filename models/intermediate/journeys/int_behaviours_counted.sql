-- One row per conversion type, event type and how often it was done in the first days of a journey:
-- customers who did so, and how many of them converted in the days after.
with acted as (

    select
        followed.conversion_type,
        followed.customer_id,
        followed.conversions,
        acts.event_type,
        case when count(*) = 1 then 'once' when count(*) <= 3 then '2-3' else '4+' end as depth
    from {{ ref('int_journeys_followed') }} as followed
    inner join {{ ref('int_stages_reached') }} as acts
        on
            followed.customer_id = acts.customer_id
            and followed.observed_until >= acts.occurred_at
            and acts.touch_role in ('click', 'engagement', 'conversion')
    group by
        followed.conversion_type, followed.customer_id, followed.conversions, acts.event_type

),

counted as (

    select
        conversion_type,
        event_type,
        depth,
        count(*) as customers,
        sum(conversions) as conversions
    from acted
    group by conversion_type, event_type, depth

)

select * from counted
