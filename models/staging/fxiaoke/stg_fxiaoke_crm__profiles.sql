{% set fields = {
    'object_id': '_id',
    'modified_time': 'last_modified_time',
    'is_deleted': 'is_deleted',
    'phone': '_phone',
    'email': '_email',
    'email_domain': '_email_domain',
    'tags': '_tags',
    'name': 'name',
    'company': 'company',
    'job_title': 'job_title',
    'industry': 'industry',
    'industry_label': 'industry__r',
    'gender': 'gender__r',
    'level': 'account_level__r',
    'province': 'province__r',
    'city': 'city__r',
    'of_account': 'account_id',
    'account_label': 'account_id__r',
} %}

-- One row per lead, contact or account and version: what sales knows of them. A deleted object
-- keeps its identity; its tags end.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type in ('LeadsObj', 'ContactObj', 'AccountObj')

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'fxiaoke_crm' as source,
        record_type || ':' || object_id as profile_key,
        {{ identifiers([
            ('crm_lead_id', none, "case when record_type = 'LeadsObj' then object_id end"),
            ('crm_contact_id', none, "case when record_type = 'ContactObj' then object_id end"),
            ('crm_account_id', none, "case when record_type = 'AccountObj' then object_id end"),
            ('email', none,
                "case when record_type <> 'AccountObj' then split_part(email, '.', 3) end"),
        ]) }}
        -- the numbers of a company are many people's
        || case
            when record_type <> 'AccountObj'
                then coalesce(' ' || {{ phone_identifiers('phone') }}, '')
            else ''
        end as identifiers,
        load_id,

        -- what is known
        case
            when is_deleted = 'false'
                then {{ json_object({
                    'company': 'coalesce(company, account_label, '
                        ~ "case when record_type = 'AccountObj' then name end)",
                    'crm_account_id': 'of_account',
                    'email_domain': 'email_domain',
                    'job_title': 'job_title',
                    'industry': 'coalesce(industry_label, industry)',
                    'gender': 'gender',
                    'level': 'level',
                    'province': 'province',
                    'city': 'city',
                }) }}
        end as attributes,
        case when is_deleted = 'false' then coalesce(tags, '') else '' end as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        {{ epoch_to_utc('modified_time') }} as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
