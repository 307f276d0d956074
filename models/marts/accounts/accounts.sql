-- One row per account: a company that the CRM knows, or that customers share an e-mail domain of.
with stand_ins as (

    select
        'crm:' || stand_ins.crm_account_id as account_id,
        customers.company as account_name,
        customers.industry,
        customers.first_seen_at,
        customers.last_seen_at
    from {{ ref('int_accounts_standing_in') }} as stand_ins
    inner join {{ ref('customers') }} as customers
        on stand_ins.customer_id = customers.customer_id

),

deals as (

    select
        *,
        'crm:' || crm_account_id as account_id
    from {{ ref('int_deals_counted') }}

),

active as (

    select
        'crm:' || crm_account_id as account_id,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from {{ ref('int_company_events_named') }}
    where crm_account_id is not null
    group by crm_account_id

),

domains as (

    select
        account_id,
        {{ join_words('email_domain', ' ', 'email_domain') }} as email_domains
    from {{ ref('int_email_domains_judged') }}
    where account_id is not null
    group by account_id

),

known as (

    select account_id from {{ ref('int_account_contacts_counted') }}
    union
    select account_id from stand_ins
    union
    select account_id from active
    union
    select account_id from deals

),

accounts as (

    select
        known.account_id,
        case when known.account_id like 'crm:%' then 'crm' else 'email_domain' end
            as account_source,
        case when known.account_id like 'crm:%' then substr(known.account_id, 5) end
            as crm_account_id,
        domains.email_domains,
        -- what the CRM tells of the account itself comes first
        coalesce(stand_ins.account_name, counted.account_name, domains.email_domains)
            as account_name,
        coalesce(stand_ins.industry, counted.industry) as industry,
        coalesce(counted.contact_count, 0) as contact_count,
        cast(coalesce(counted.decision_maker_count, 0) as bigint) as decision_maker_count,
        least(
            counted.first_seen_at,
            stand_ins.first_seen_at,
            active.first_event_at,
            deals.first_deal_at
        ) as first_activity_at,
        greatest(
            counted.last_seen_at, stand_ins.last_seen_at, active.last_event_at, deals.last_deal_at
        ) as last_activity_at,
        cast(coalesce(deals.open_opportunity_count, 0) as bigint) as open_opportunity_count,
        cast(coalesce(deals.open_opportunity_value, 0) as decimal(18, 4))
            as open_opportunity_value,
        cast(coalesce(deals.won_opportunity_count, 0) as bigint) as won_opportunity_count,
        cast(coalesce(deals.won_opportunity_value, 0) as decimal(18, 4))
            as won_opportunity_value,
        cast(coalesce(deals.contract_count, 0) as bigint) as contract_count,
        cast(coalesce(deals.contract_value, 0) as decimal(18, 4)) as contract_value
    from known
    left join {{ ref('int_account_contacts_counted') }} as counted
        on known.account_id = counted.account_id
    left join stand_ins on known.account_id = stand_ins.account_id
    left join deals on known.account_id = deals.account_id
    left join active on known.account_id = active.account_id
    left join domains on known.account_id = domains.account_id

)

select * from accounts
