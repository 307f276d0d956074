{% set fields = {
    'object_id': '_id',
    'create_time': 'create_time',
    'modified_time': 'last_modified_time',
    'is_deleted': 'is_deleted',
    'phone': '_phone',
    'email': '_email',
    'owner_id': '_owner',
    'leads_status': 'leads_status',
    'biz_status': 'biz_status',
    'lead_stage': 'leads_stage',
    'lead_source': 'source__r',
    'assigned_time': 'assigned_time',
    'transform_time': 'transform_time',
    'sales_stage': 'sales_stage',
    'sales_stage_label': 'sales_stage__r',
    'old_stage': 'oppo_stage_id',
    'sales_status': 'sales_status',
    'sales_status_label': 'sales_status__r',
    'stage_changed_time': 'stg_changed_time',
    'old_stage_changed_time': 'sales_stg_changed_time',
    'amount': 'amount',
    'contract_amount': 'contract_amount',
    'expected_amount': 'expected_deal_amount',
    'confirm_time': 'confirm_time',
    'life_status': 'life_status',
    'record_label': 'active_record_type__r',
    'record_kind': 'active_record_type',
    'marketing_event_id': 'marketing_event_id',
    'of_lead': 'leads_id',
    'of_contact': 'contact_id',
    'of_account': 'account_id',
    'of_opportunity': 'new_opportunity_id',
    'related_lead': '_LeadsObj',
    'related_contact': '_ContactObj',
    'related_account': '_AccountObj',
    'related_opportunity': '_NewOpportunityObj',
} %}

-- One row per version of a CRM object that people work on, named by what it shows; of a lead a
-- second one for its creation. The version that counts is the first to show a lead's status or an
-- opportunity's stage (it says when it was reached), of contracts and follow-ups the latest.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type not in ('AccountObj', 'ContactObj')

),

parsed as (

    {{ parse_payload('source', fields) }}

),

described as (

    select
        *,
        case record_type
            when 'LeadsObj' then object_id
            else coalesce(of_lead, related_lead)
        end as lead_id,
        coalesce(of_contact, related_contact) as contact_id,
        coalesce(of_account, related_account) as account_id,
        case
            when record_type in ('NewOpportunityObj', 'OpportunityObj') then object_id
            else coalesce(of_opportunity, related_opportunity)
        end as opportunity_id,
        coalesce(sales_stage_label, sales_stage, old_stage) as stage,
        case
            when is_deleted = 'true' then 'deleted'
            when record_type = 'LeadsObj' then coalesce(leads_status, biz_status)
            when record_type = 'ContractObj' then coalesce(life_status, 'normal')
            when record_type = 'ActiveRecordObj' then coalesce(record_label, record_kind)
            else coalesce(sales_status_label, sales_status, biz_status)
        end as shown,
        record_type in ('ContractObj', 'ActiveRecordObj') as is_latest_what_counts
    from parsed

),

happened as (

    select
        *,
        event_id as staged_event_id,
        shown as happening,
        case
            when record_type = 'LeadsObj' and shown = 'un_processed' then assigned_time
            when record_type = 'LeadsObj' and shown = 'transformed' then transform_time
            when record_type = 'ContractObj' then coalesce(confirm_time, create_time)
            when record_type = 'ActiveRecordObj' then create_time
            when shown <> 'deleted' then coalesce(stage_changed_time, old_stage_changed_time)
        end as happened_at
    from described
    -- a lead that nobody took yet has nothing but its creation
    where not (record_type = 'LeadsObj' and coalesce(shown, 'un_assigned') = 'un_assigned')
    union all
    select
        *,
        event_id || ':created' as staged_event_id,
        'created' as happening,
        create_time as happened_at
    from described
    where record_type = 'LeadsObj'

),

renamed as (

    select
        -- ids
        staged_event_id as event_id,
        'fxiaoke_crm' as source,
        record_type as raw_event,
        happening as raw_discriminator,
        -- an account is many people: it stands for somebody only where nobody is named
        {{ identifiers([
            ('crm_lead_id', none, 'lead_id'),
            ('crm_contact_id', none, "case when lead_id is null or record_type = 'LeadsObj' then contact_id end"),
            ('crm_account_id', none, 'case when coalesce(lead_id, contact_id) is null then account_id end'),
            ('email', none, "split_part(email, '.', 3)"),
        ]) }} || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'fxiaoke_crm:' || object_id || case
            when is_latest_what_counts then ''
            else concat_ws(':', '', happening, stage, coalesce(stage_changed_time, old_stage_changed_time))
        end as version_group,
        cast(
            case
                when is_latest_what_counts then cast(modified_time as bigint)
                else 9000000000000 - cast(modified_time as bigint)
            end as string
        ) as version,

        -- where from, where to
        marketing_event_id as campaign_id,
        owner_id as staff_id,

        -- what else it tells
        {{ json_object({
            'lead_id': 'lead_id',
            'contact_id': 'contact_id',
            'account_id': 'account_id',
            'opportunity_id': 'opportunity_id',
            'contract_id': "case when record_type = 'ContractObj' then object_id end",
            'stage': 'coalesce(stage, lead_stage)',
            'status': 'shown',
            'lead_source': 'lead_source',
            'amount': 'cast(coalesce('
                ~ to_cny('contract_amount', 'fxiaoke_crm', 'contract_amount') ~ ', '
                ~ to_cny('coalesce(amount, expected_amount)', 'fxiaoke_crm', 'amount') ~ ') as double)',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'ad_id', 'creative_id', 'content_id',
            'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent', 'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('coalesce(happened_at, modified_time)') }} as occurred_at,
        received_at
    from happened

)

select * from renamed
