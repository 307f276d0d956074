-- One row per customer and sign of the company they are of: an account of the CRM that a record
-- of theirs names, or the domain of an e-mail address. Of a profile the latest version counts. What
-- deals tell is not among it: a later version, which may name somebody else, can take it back.
with told as (

    select
        sets.customer_id,
        attributes.profile_version_id,
        attributes.attribute as sign,
        attributes.attribute_value as sign_value,
        attributes.observed_at
    from {{ ref('int_attributes_observed') }} as attributes
    inner join {{ ref('int_identifier_sets_resolved') }} as sets
        on attributes.identifier_set_id = sets.identifier_set_id
    where
        attributes.attribute in ('crm_account_id', 'email_domain')
        and sets.customer_id <> 'unknown'
        and {{ is_touched('sets.customer_id', 'int_customers_touched') }}

),

keyed as (

    select
        told.*,
        profiles.profile_key
    from told
    inner join {{ ref('int_profiles_unioned') }} as profiles
        on told.profile_version_id = profiles.profile_version_id

),

-- a contact who went elsewhere, or was deleted, has a later version that says so
latest as (

    select
        profile_key,
        {{ max_by('profile_version_id', '(observed_at, received_at, profile_version_id)') }}
            as profile_version_id
    from {{ ref('int_profiles_unioned') }}
    where profile_key in (select keyed.profile_key from keyed)
    group by profile_key

),

observed as (

    select
        keyed.customer_id,
        keyed.sign,
        keyed.sign_value,
        keyed.observed_at
    from keyed
    inner join latest
        on keyed.profile_version_id = latest.profile_version_id
    union all
    select
        customer_id,
        'crm_account_id' as sign,
        crm_account_id as sign_value,
        occurred_at as observed_at
    from {{ ref('int_company_events_named') }}
    where
        crm_account_id is not null
        and deal_id is null
        -- the record of it was deleted
        and event_type is distinct from 'withdrawn'
        and {{ is_touched('customer_id', 'int_customers_touched') }}
    union all
    select
        customer_id,
        'email_domain' as sign,
        email_domain as sign_value,
        occurred_at as observed_at
    from {{ ref('int_company_events_named') }}
    where email_domain is not null and {{ is_touched('customer_id', 'int_customers_touched') }}

),

signs as (

    select
        customer_id,
        sign,
        sign_value,
        max(observed_at) as observed_at
    from observed
    group by customer_id, sign, sign_value

)

select * from signs
