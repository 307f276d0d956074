-- One row per account and customer in it, and how they are connected: by the CRM, or, of whom it
-- knows in no account, by the domain of an e-mail address. Of several accounts the one named last
-- comes first.
with connected as (

    select
        'crm:' || crm_account_id as account_id,
        customer_id,
        'crm' as connected_by,
        cast(null as string) as email_domain,
        connected_at
    from {{ ref('int_crm_contacts_linked') }}
    union all
    select
        judged.account_id,
        held.customer_id,
        'email_domain' as connected_by,
        held.email_domain,
        held.observed_at as connected_at
    from {{ ref('int_email_domains_held') }} as held
    inner join {{ ref('int_email_domains_judged') }} as judged
        on held.email_domain = judged.email_domain
    left join {{ ref('int_crm_contacts_linked') }} as links
        on held.customer_id = links.customer_id and links.link_rank = 1
    where judged.account_id is not null and links.customer_id is null

),

-- two domains can lead to one account
contacts as (

    select
        account_id,
        customer_id,
        connected_by,
        {{ max_by('email_domain', "(connected_at, coalesce(email_domain, ''))") }} as email_domain,
        max(connected_at) as connected_at
    from connected
    group by account_id, customer_id, connected_by

),

ranked as (

    select
        *,
        row_number() over (partition by customer_id order by connected_at desc, account_id asc)
            as account_rank
    from contacts

)

select * from ranked
