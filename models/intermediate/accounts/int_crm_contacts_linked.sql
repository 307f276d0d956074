-- One row per customer and account of the CRM that a record of theirs, or a deal that they had part
-- in, names; of several the one named last comes first. The customer that stands for an account
-- itself is nobody's contact.
with named as (

    select
        customer_id,
        sign_value as crm_account_id,
        observed_at
    from {{ ref('int_company_signs_observed') }}
    where sign = 'crm_account_id'
    union all
    select
        events.customer_id,
        deals.crm_account_id,
        events.occurred_at as observed_at
    from {{ ref('int_company_events_named') }} as events
    inner join {{ ref('int_deals_standing') }} as deals
        on events.deal_id = deals.deal_id
    where deals.crm_account_id is not null

),

last_named as (

    select
        customer_id,
        crm_account_id,
        max(observed_at) as connected_at
    from named
    group by customer_id, crm_account_id

),

linked as (

    select
        last_named.customer_id,
        last_named.crm_account_id,
        last_named.connected_at,
        row_number() over (
            partition by last_named.customer_id
            order by last_named.connected_at desc, last_named.crm_account_id asc
        ) as link_rank
    from last_named
    left join {{ ref('int_accounts_standing_in') }} as stand_ins
        on last_named.customer_id = stand_ins.customer_id
    where stand_ins.customer_id is null

)

select * from linked
