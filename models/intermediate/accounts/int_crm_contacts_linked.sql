-- One row per customer and account of the CRM that a record of theirs names; of several the one
-- named last comes first. The customer that stands for an account itself is nobody's contact.
with linked as (

    select
        signs.customer_id,
        signs.sign_value as crm_account_id,
        signs.observed_at as connected_at,
        row_number() over (
            partition by signs.customer_id order by signs.observed_at desc, signs.sign_value asc
        ) as link_rank
    from {{ ref('int_company_signs_observed') }} as signs
    left join {{ ref('int_accounts_standing_in') }} as stand_ins
        on signs.customer_id = stand_ins.customer_id
    where signs.sign = 'crm_account_id' and stand_ins.customer_id is null

)

select * from linked
