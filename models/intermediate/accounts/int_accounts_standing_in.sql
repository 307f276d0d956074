-- One row per account of the CRM that stands as a customer of its own: what happened where nobody
-- was named is its. Its id is linked to no other (max_links in the seed identifier_types).
with accounts as (

    select
        identifiers.identifier_value as crm_account_id,
        resolved.customer_id
    from {{ ref('int_identifiers_observed') }} as identifiers
    inner join {{ ref('int_identifiers_resolved') }} as resolved
        on identifiers.identifier_id = resolved.identifier_id
    where identifiers.identifier_type = 'crm_account_id'

)

select * from accounts
