-- One row per account of the CRM that a deal is of, and what its deals are worth (CNY).
with counted as (

    select
        crm_account_id,
        min(occurred_at) as first_deal_at,
        max(occurred_at) as last_deal_at,
        sum(case when event_type = 'opportunity_stage' then 1 else 0 end)
            as open_opportunity_count,
        sum(case when event_type = 'opportunity_stage' then amount end) as open_opportunity_value,
        sum(case when event_type = 'opportunity_won' then 1 else 0 end) as won_opportunity_count,
        sum(case when event_type = 'opportunity_won' then amount end) as won_opportunity_value,
        sum(case when event_type = 'contract_signed' then 1 else 0 end) as contract_count,
        sum(case when event_type = 'contract_signed' then amount end) as contract_value
    from {{ ref('int_deals_standing') }}
    where crm_account_id is not null
    group by crm_account_id

)

select * from counted
