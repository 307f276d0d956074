-- One row per month of capture, channel and salesperson: how many leads got how far, and how soon.
with counted as (

    select
        cast(date_trunc('month', captured_date) as date) as captured_month,
        channel,
        staff_id,
        count(*) as leads,
        count(first_response_at) as followed_up,
        count(case when response_minutes <= 5 then 1 end) as followed_up_in_5_minutes,
        count(case when response_minutes <= 120 then 1 end) as followed_up_in_2_hours,
        {{ quantile('response_minutes', 0.5) }} as response_minutes_median,
        count(mql_at) as mqls,
        count(sql_at) as sqls,
        count(opportunity_at) as opportunities,
        count(contract_at) as contracts,
        count(lost_at) as lost,
        {{ quantile('nurture_days', 0.5) }} as nurture_days_median
    from {{ ref('lead_followups') }}
    group by cast(date_trunc('month', captured_date) as date), channel, staff_id

),

rated as (

    select
        *,
        {{ rate_columns('mql_rate', 'mqls', 'leads') }},
        {{ rate_columns('sql_rate', 'sqls', 'mqls') }},
        {{ rate_columns('opportunity_rate', 'opportunities', 'sqls') }},
        {{ rate_columns('contract_rate', 'contracts', 'opportunities') }}
    from counted

)

select * from rated
