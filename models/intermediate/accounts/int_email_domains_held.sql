-- One row per customer and e-mail domain that a company could own: of mail.acme.com.cn acme.com.cn
-- (seed public_suffixes), none of a mail provider's (seed public_email_domains).
with parted as (

    select
        signs.customer_id,
        signs.sign_value as full_domain,
        signs.observed_at,
        regexp_extract(signs.sign_value, '([^.]+[.][^.]+)$', 1) as last_two,
        regexp_extract(signs.sign_value, '([^.]+[.][^.]+[.][^.]+)$', 1) as last_three
    from {{ ref('int_company_signs_observed') }} as signs
    left join {{ ref('int_accounts_standing_in') }} as stand_ins
        on signs.customer_id = stand_ins.customer_id
    where signs.sign = 'email_domain' and stand_ins.customer_id is null

),

registered as (

    select
        parted.*,
        case when suffixes.suffix is null then parted.last_two else parted.last_three end
            as email_domain
    from parted
    left join {{ ref('public_suffixes') }} as suffixes
        on parted.last_two = suffixes.suffix

),

held as (

    select
        registered.customer_id,
        registered.email_domain,
        max(registered.observed_at) as observed_at
    from registered
    left join {{ ref('public_email_domains') }} as public_domains
        on registered.email_domain = public_domains.email_domain
    where registered.email_domain <> '' and public_domains.email_domain is null
    group by registered.customer_id, registered.email_domain

)

select * from held
