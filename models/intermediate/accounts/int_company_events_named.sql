-- One row per event that tells of a company: by its account in the CRM, by a deal, which can be of
-- an account later on, or by the domain of an e-mail address.
with named as (

    select
        event_id,
        customer_id,
        event_type,
        occurred_at,
        case when source = 'fxiaoke_crm' then {{ json_text('properties', 'account_id') }} end
            as crm_account_id,
        {{ deal_id() }} as deal_id,
        {{ json_text('properties', 'email_domain') }} as email_domain
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and customer_id <> 'unknown'
        and properties is not null
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

companies as (

    select * from named
    where coalesce(crm_account_id, deal_id, email_domain) is not null

)

select * from companies
