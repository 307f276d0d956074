-- One row per account: how many customers are in it, when they did something, and what most of them
-- say it is called and does.
with contacts as (

    select
        contacts.account_id,
        contacts.customer_id,
        contacts.is_primary,
        contacts.is_decision_maker,
        customers.company,
        customers.industry,
        customers.first_seen_at,
        customers.last_seen_at
    from {{ ref('int_account_contacts_scored') }} as contacts
    inner join {{ ref('customers') }} as customers
        on contacts.customer_id = customers.customer_id

),

counted as (

    select
        account_id,
        count(*) as contact_count,
        sum(case when is_decision_maker then 1 else 0 end) as decision_maker_count,
        -- who is somewhere else by now acts for them
        min(case when is_primary then first_seen_at end) as first_seen_at,
        max(case when is_primary then last_seen_at end) as last_seen_at
    from contacts
    group by account_id

),

companies as (

    select
        account_id,
        company,
        count(*) as contact_count
    from contacts
    where company is not null
    group by account_id, company

),

names as (

    select
        account_id,
        {{ max_by('company', '(contact_count, company)') }} as account_name
    from companies
    group by account_id

),

trades as (

    select
        account_id,
        industry,
        count(*) as contact_count
    from contacts
    where industry is not null
    group by account_id, industry

),

industries as (

    select
        account_id,
        {{ max_by('industry', '(contact_count, industry)') }} as industry
    from trades
    group by account_id

),

described as (

    select
        counted.*,
        names.account_name,
        industries.industry
    from counted
    left join names
        on counted.account_id = names.account_id
    left join industries
        on counted.account_id = industries.account_id

)

select * from described
