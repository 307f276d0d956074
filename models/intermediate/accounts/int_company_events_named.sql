-- One row per event that names a company: by its account in the CRM, or by the domain of an e-mail
-- address.
with named as (

    select
        event_id,
        customer_id,
        event_type,
        raw_event,
        occurred_at,
        received_at,
        case when source = 'fxiaoke_crm' then {{ json_text('properties', 'account_id') }} end
            as crm_account_id,
        {{ json_text('properties', 'email_domain') }} as email_domain,
        {{ json_text('properties', 'opportunity_id') }} as opportunity_id,
        {{ json_text('properties', 'contract_id') }} as contract_id,
        try_cast(
            try_cast({{ json_text('properties', 'amount') }} as double) as decimal(18, 4)
        ) as amount
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and customer_id <> 'unknown'
        and properties is not null
        and {{ is_touched('customer_id', 'int_customers_touched') }}

),

companies as (

    select * from named
    where crm_account_id is not null or email_domain is not null

)

select * from companies
