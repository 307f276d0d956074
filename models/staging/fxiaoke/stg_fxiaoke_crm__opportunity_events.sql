{% set fields = {
    'opportunity_id': '_id',
    'modified_at': 'last_modified_time',
    'stage_changed_at': 'stg_changed_time',
    'old_stage_changed_at': 'sales_stg_changed_time',
    'is_deleted': 'is_deleted',
    'sales_stage': 'sales_stage',
    'sales_stage_label': 'sales_stage__r',
    'old_stage': 'oppo_stage_id',
    'sales_status': 'sales_status',
    'sales_status_label': 'sales_status__r',
    'biz_status': 'biz_status',
    'amount': 'amount',
    'expected_amount': 'expected_deal_amount',
    'lead_id': 'leads_id',
    'contact_id': 'contact_id',
    'account_id': 'account_id',
    'owner_id': '_owner',
} %}

-- One row per version of an opportunity 商机. The first version that shows a stage is the one that
-- counts: it says when the stage was reached, and what the deal was worth then.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type in ('NewOpportunityObj', 'OpportunityObj')

),

parsed as (

    {{ parse_payload('source', fields) }}

),

shown as (

    select
        *,
        case
            when is_deleted = 'true' then 'deleted'
            else coalesce(sales_status_label, sales_status, biz_status)
        end as status,
        coalesce(sales_stage_label, sales_stage, old_stage) as stage,
        case when is_deleted = 'false' then coalesce(stage_changed_at, old_stage_changed_at) end
            as reached_at
    from parsed

),

renamed as (

    select
        -- ids
        event_id,
        'fxiaoke_crm' as source,
        record_type as raw_event,
        status as raw_discriminator,
        -- an account is many people: it stands for somebody only where nobody is named
        {{ identifiers([
            ('crm_lead_id', none, 'lead_id'),
            ('crm_contact_id', none, 'case when lead_id is null then contact_id end'),
            ('crm_account_id', none,
                'case when coalesce(lead_id, contact_id) is null then account_id end'),
        ]) }} as identifiers,
        load_id,
        'fxiaoke_crm:' || concat_ws(':', opportunity_id, status, stage, reached_at)
            as version_group,
        cast(9000000000000 - try_cast(modified_at as bigint) as string) as version,

        -- where from, where to
        owner_id as staff_id,

        -- what else it tells
        {{ json_object({
            'opportunity_id': 'opportunity_id',
            'account_id': 'account_id',
            'modified_at': 'modified_at',
            'status': 'status',
            'stage': 'stage',
            'amount': 'cast(' ~ to_cny(
                'coalesce(amount, expected_amount)', 'fxiaoke_crm', 'amount'
            ) ~ ' as double)',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id', 'creative_id',
            'content_id', 'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent',
            'device_system', 'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('coalesce(reached_at, modified_at)') }} as occurred_at,
        received_at
    from shown

)

select * from renamed
