-- One row per lead: where it came from, how soon somebody was in touch, and how far it got.
with touched as (

    select
        leads.lead_id,
        {{ max_by('touchpoints.channel', '(touchpoints.touched_at, touchpoints.touchpoint_id)') }}
            as channel
    from {{ ref('int_leads_captured') }} as leads
    inner join {{ ref('touchpoints') }} as touchpoints
        on
            leads.customer_id = touchpoints.customer_id
            and leads.captured_at >= touchpoints.touched_at
    where leads.told_channel is null and leads.customer_id <> 'unknown'
    group by leads.lead_id

),

converted as (

    select
        leads.lead_id,
        min(case when conversions.conversion_type = 'contract' then conversions.converted_at end)
            as contract_at,
        min(conversions.converted_at) as converted_at
    from {{ ref('int_leads_captured') }} as leads
    inner join {{ ref('conversions') }} as conversions
        on
            leads.customer_id = conversions.customer_id
            and leads.captured_at <= conversions.converted_at
            and (
                leads.next_captured_at > conversions.converted_at
                or leads.next_captured_at is null
            )
    -- what strangers do follows from no lead of nobody
    where
        conversions.conversion_type in ('contract', 'purchase')
        and leads.customer_id <> 'unknown'
    group by leads.lead_id

),

joined as (

    select
        leads.lead_id,
        leads.customer_id,
        leads.captured_at,
        {{ local_date('leads.captured_at') }} as captured_date,
        leads.source,
        coalesce(leads.told_channel, touched.channel, '(none)') as channel,
        leads.campaign_id,
        leads.lead_source,
        coalesce(stepped.staff_id, '(nobody)') as staff_id,
        stepped.response_at as first_response_at,
        stepped.response_type,
        {{ seconds_between('leads.captured_at', 'stepped.response_at') }} / 60.0
            as response_minutes,
        stepped.response_at is null as is_never_followed_up,
        case
            when stepped.response_at is null
                then {{ seconds_between('leads.captured_at', 'data_clock.now_at') }} / 3600.0
        end as hours_waiting,
        -- who is at a step has passed those before it, whether or not somebody wrote it down
        least(
            stepped.mql_at, stepped.sql_at, stepped.opportunity_at, converted.contract_at
        ) as mql_at,
        least(stepped.sql_at, stepped.opportunity_at, converted.contract_at) as sql_at,
        least(stepped.opportunity_at, converted.contract_at) as opportunity_at,
        converted.contract_at,
        stepped.lost_at,
        converted.converted_at,
        {{ seconds_between('leads.captured_at', 'converted.contract_at') }} / 86400.0
            as nurture_days
    from {{ ref('int_leads_captured') }} as leads
    left join {{ ref('int_leads_stepped') }} as stepped
        on leads.lead_id = stepped.lead_id
    left join touched
        on leads.lead_id = touched.lead_id
    left join converted
        on leads.lead_id = converted.lead_id
    cross join {{ ref('int_data_clock') }} as data_clock

)

select * from joined
