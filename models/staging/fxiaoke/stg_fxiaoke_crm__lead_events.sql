{% set fields = {
    'lead_id': '_id',
    'created_at': 'create_time',
    'modified_at': 'last_modified_time',
    'assigned_at': 'assigned_time',
    'transformed_at': 'transform_time',
    'is_deleted': 'is_deleted',
    'leads_status': 'leads_status',
    'biz_status': 'biz_status',
    'stage': 'leads_stage',
    'lead_source': 'source__r',
    'marketing_event_id': 'marketing_event_id',
    'contact_id': 'contact_id',
    'phone': '_phone',
    'email': '_email',
    'owner_id': '_owner',
} %}

-- One row per version of a lead 线索 for the status that it shows, and one for the lead's creation.
-- The first version that shows a status is the one that counts: it says when it was reached.
with source as (

    select * from {{ source('raw', 'fxiaoke_crm') }}
    where record_type = 'LeadsObj'

),

parsed as (

    {{ parse_payload('source', fields) }}

),

shown as (

    select
        *,
        case when is_deleted = 'true' then 'deleted' else coalesce(leads_status, biz_status) end
            as status
    from parsed

),

happened as (

    select
        *,
        event_id as staged_event_id,
        status as happening,
        coalesce(
            case status
                when 'un_processed' then assigned_at
                when 'transformed' then transformed_at
            end, modified_at
        ) as happened_at
    from shown
    -- a lead that nobody took yet has nothing but its creation
    where coalesce(status, 'un_assigned') <> 'un_assigned'
    union all
    select
        *,
        event_id || ':created' as staged_event_id,
        'created' as happening,
        created_at as happened_at
    from shown

),

renamed as (

    select
        -- ids
        staged_event_id as event_id,
        'fxiaoke_crm' as source,
        record_type as raw_event,
        happening as raw_discriminator,
        {{ identifiers([
            ('crm_lead_id', none, 'lead_id'),
            ('crm_contact_id', none, 'contact_id'),
            ('email', none, "split_part(email, '.', 3)"),
        ]) }} || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,
        'fxiaoke_crm:' || lead_id || ':' || happening as version_group,
        cast(9000000000000 - try_cast(modified_at as bigint) as string) as version,

        -- where from, where to
        marketing_event_id as campaign_id,
        owner_id as staff_id,

        -- what else it tells
        {{ json_object({
            'lead_id': 'lead_id',
            'status': 'status',
            'stage': 'stage',
            'lead_source': 'lead_source',
        }) }} as properties,

        -- what it does not tell
        {{ null_columns([
            'stream_id', 'declared_channel', 'page_url', 'referrer', 'utm_source', 'utm_medium',
            'utm_campaign', 'click_id', 'scene', 'ad_id', 'creative_id', 'content_id',
            'keyword', 'item_id', 'order_id', 'store_id', 'ip', 'user_agent', 'device_system',
            'project'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('happened_at') }} as occurred_at,
        received_at
    from happened

)

select * from renamed
