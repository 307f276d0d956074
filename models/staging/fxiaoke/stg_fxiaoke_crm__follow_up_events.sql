{% set fields = {
    'follow_up_id': '_id',
    'created_at': 'create_time',
    'modified_at': 'last_modified_time',
    'is_deleted': 'is_deleted',
    'kind': 'active_record_type',
    'kind_label': 'active_record_type__r',
    'lead_id': 'leads_id',
    'contact_id': 'contact_id',
    'account_id': 'account_id',
    'opportunity_id': 'new_opportunity_id',
    'related_lead': '_LeadsObj',
    'related_contact': '_ContactObj',
    'related_account': '_AccountObj',
    'related_opportunity': '_NewOpportunityObj',
    'owner_id': '_owner',
} %}

-- One row per version of a follow-up 跟进记录: a call, a visit, a trial; the latest counts.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type = 'ActiveRecordObj'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

related as (

    select
        *,
        coalesce(lead_id, related_lead) as of_lead,
        coalesce(contact_id, related_contact) as of_contact,
        coalesce(account_id, related_account) as of_account
    from parsed

),

renamed as (

    select
        -- ids
        event_id,
        'fxiaoke_crm' as source,
        record_type as raw_event,
        case when is_deleted = 'true' then 'deleted' else coalesce(kind_label, kind) end
            as raw_discriminator,
        -- an account is many people: it stands for somebody only where nobody is named
        {{ identifiers([
            ('crm_lead_id', none, 'of_lead'),
            ('crm_contact_id', none, 'case when of_lead is null then of_contact end'),
            ('crm_account_id', none,
                'case when coalesce(of_lead, of_contact) is null then of_account end'),
        ]) }} as identifiers,
        load_id,
        'fxiaoke_crm:' || follow_up_id as version_group,
        modified_at as version,

        -- where from, where to
        owner_id as staff_id,

        -- what else it tells
        {{ json_object({
            'lead_id': 'of_lead',
            'contact_id': 'of_contact',
            'account_id': 'of_account',
            'opportunity_id': 'coalesce(opportunity_id, related_opportunity)',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id', 'creative_id',
            'content_id', 'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent',
            'device_system', 'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('coalesce(created_at, modified_at)') }} as occurred_at,
        received_at
    from related

)

select * from renamed
