-- One row per e-mail domain that a company could own, and the account that it stands for, or why
-- it stands for none.
with held as (

    select
        domains.email_domain,
        coalesce(joined.likely_customer_id, domains.customer_id) as person_id,
        links.crm_account_id,
        links.connected_at
    from {{ ref('int_email_domains_held') }} as domains
    left join {{ ref('int_crm_contacts_linked') }} as links
        on domains.customer_id = links.customer_id and links.link_rank = 1
    left join {{ ref('int_customers_joined') }} as joined
        on domains.customer_id = joined.customer_id

),

-- a domain is a company's by people: who is two customers is one of them, in the account named last
ranked as (

    select
        *,
        row_number() over (
            partition by email_domain, person_id
            order by
                case when crm_account_id is null then 1 else 0 end asc,
                connected_at desc,
                crm_account_id asc
        ) as account_rank
    from held

),

counted as (

    select
        email_domain,
        crm_account_id,
        count(*) as customer_count
    from ranked
    where account_rank = 1
    group by email_domain, crm_account_id

),

judged as (

    select
        email_domain,
        sum(customer_count) as customer_count,
        coalesce(sum(case when crm_account_id is not null then customer_count end), 0)
            as contact_count,
        coalesce(max(case when crm_account_id is not null then customer_count end), 0)
            as top_contact_count,
        {{ max_by(
            'crm_account_id', '(case when crm_account_id is null then 0 else customer_count end, '
            ~ "coalesce(crm_account_id, ''))"
        ) }} as top_crm_account_id
    from counted
    group by email_domain

),

ruled as (

    select
        *,
        case
            when contact_count = 0 and customer_count >= {{ var('account_domain_min_customers') }}
                then 'own_account'
            when contact_count = 0 then 'too_few'
            when top_contact_count < {{ var('account_domain_min_share') }} * contact_count
                then 'several_accounts'
            when top_contact_count < {{ var('account_domain_min_customers') }} then 'too_few'
            else 'crm_account'
        end as verdict
    from judged

),

named as (

    select
        email_domain,
        verdict,
        case verdict
            when 'crm_account' then 'crm:' || top_crm_account_id
            when 'own_account' then 'domain:' || email_domain
        end as account_id,
        customer_count,
        contact_count,
        top_contact_count
    from ruled

)

select * from named
