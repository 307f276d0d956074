{% set fields = {
    'chat_id': 'chatId',
    'card_id': 'id',
    'visitor_id': 'visitorStaticId',
    'phone': '_phone',
    'email': '_email',
    'email_domain': '_email_domain',
    'created_at': 'createTime',
    'tags': '_tags',
    'intent': 'intent',
    'sex': 'sex',
    'province': 'province',
    'city': 'city',
    'visitor_province': 'visitorLocationProvince',
    'visitor_city': 'visitorLocationCity',
} %}

-- One row per chat session or visitor card 访客名片, and fetch.
with source as (

    select * from {{ source('raw', 'chat_sessions') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'chat_sessions' as source,
        record_type || ':'
        || coalesce(case when record_type = 'card' then card_id end, chat_id) as profile_key,
        {{ identifiers([
            ('chat_visitor_id', none, 'visitor_id'),
            ('email', none, "split_part(email, '.', 3)"),
        ]) }} || coalesce(' ' || {{ phone_identifiers('phone') }}, '') as identifiers,
        load_id,

        -- what is known
        {{ json_object({
            'sex': 'sex',
            'email_domain': 'email_domain',
            'province': 'coalesce(province, visitor_province)',
            'city': 'coalesce(city, visitor_city)',
        }) }} as attributes,
        concat_ws('|', nullif(tags, ''), '意向=' || nullif(intent, '')) as tags,
        cast(null as string) as legal_basis,

        -- timestamps
        cast(null as timestamp) as valid_until,
        {{ epoch_to_utc('created_at') }} as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
