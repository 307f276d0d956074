{% set fields = {
    'corp_id': '_corpid',
    'external_user_id': 'external_userid',
    'union_id': 'unionid',
    'created': 'createtime',
    'phone': 'phone',
    'employee_id': 'userid',
    'gender': 'gender',
    'company': 'corp_name',
    'tags': '_tags',
} %}

-- One row per WeCom contact, employee who knows it, phone that the employee noted, and fetch.
with source as (

    select * from {{ source('raw', 'wecom_contacts') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'wecom_contacts' as source,
        concat_ws(':', corp_id, external_user_id, employee_id) as profile_key,
        {{ identifiers([
            ('wechat_union_id', none, 'union_id'),
            ('wecom_external_user_id', 'corp_id', 'external_user_id'),
        ]) }}
        || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- what is known
        {{ json_object({'gender': 'gender', 'company': 'company'}) }} as attributes,
        tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        {{ epoch_to_utc('created', 'seconds') }} as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
