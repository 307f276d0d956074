-- One row per channel and period that a target is for: leads captured in it, and those of them who
-- converted within 30 days.
with leads as (

    select
        periods.channel,
        periods.starts_on,
        periods.ends_on,
        count(*) as leads,
        count(case when leads.captured_at <= {{ days_before('data_clock.now_at', 30) }} then 1 end)
            as leads_30_days_old,
        count(case
            when
                leads.captured_at <= {{ days_before('data_clock.now_at', 30) }}
                and leads.captured_at > {{ days_before('leads.converted_at', 30) }}
                then 1
        end) as leads_converted_30_days
    from {{ ref('int_kpi_periods') }} as periods
    inner join {{ ref('lead_followups') }} as leads
        on
            periods.channel in ('(all)', leads.channel)
            and periods.starts_on <= leads.captured_date
            and periods.ends_on >= leads.captured_date
    cross join {{ ref('int_data_clock') }} as data_clock
    group by periods.channel, periods.starts_on, periods.ends_on

)

select * from leads
