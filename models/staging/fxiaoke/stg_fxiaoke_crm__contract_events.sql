{% set fields = {
    'contract_id': '_id',
    'created_at': 'create_time',
    'modified_at': 'last_modified_time',
    'confirmed_at': 'confirm_time',
    'is_deleted': 'is_deleted',
    'life_status': 'life_status',
    'amount': 'contract_amount',
    'contact_id': 'contact_id',
    'account_id': 'account_id',
    'opportunity_id': 'new_opportunity_id',
    'owner_id': '_owner',
} %}

-- One row per version of a contract 合同; the latest counts.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type = 'ContractObj'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'fxiaoke_crm' as source,
        record_type as raw_event,
        case when is_deleted = 'true' then 'deleted' else coalesce(life_status, 'normal') end
            as raw_discriminator,
        -- an account is many people: it stands for somebody only where nobody is named
        {{ identifiers([
            ('crm_contact_id', none, 'contact_id'),
            ('crm_account_id', none, 'case when contact_id is null then account_id end'),
        ]) }} as identifiers,
        load_id,
        'fxiaoke_crm:' || contract_id as version_group,
        modified_at as version,

        -- where from, where to
        owner_id as staff_id,

        -- what else it tells
        {{ json_object({
            'contract_id': 'contract_id',
            'opportunity_id': 'opportunity_id',
            'account_id': 'account_id',
            'modified_at': 'modified_at',
            'status': 'life_status',
            'amount': 'cast(' ~ to_cny('amount', 'fxiaoke_crm', 'contract_amount') ~ ' as double)',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'campaign_id', 'ad_id', 'creative_id',
            'content_id', 'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent',
            'device_system', 'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('coalesce(confirmed_at, created_at)') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
