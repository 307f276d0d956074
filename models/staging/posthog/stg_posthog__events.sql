{% set fields = {
    'occurred': '_occurred_ms',
    'distinct_id': 'distinct_id',
    'user_id': 'properties.$user_id',
    'device_id': 'properties.$device_id',
    'previous_id': '_previous_id',
    'is_identified': 'properties.$is_identified',
    'email': 'properties.$set.email',
    'phone': 'properties.$set.phone',
    'page_url': 'properties.$current_url',
    'referrer': 'properties.$referrer',
    'product_id': 'properties.product_id',
    'order_id': 'properties.order_id',
    'event_type': 'properties.$event_type',
    'properties': '_properties',
    'ip': '_ip',
    'user_agent': '_user_agent',
    'os': 'properties.$os_name',
    'os_version': 'properties.$os_version',
    'model': 'properties.$device_model',
    'project': '_project',
} %}

-- One row per PostHog event.
with source as (

    select * from {{ source('raw', 'posthog') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

-- until someone is identified, the distinct id is only the device's
told_apart as (

    select
        *,
        coalesce(
            user_id,
            case
                when record_type in ('$identify', '$create_alias') then distinct_id
                when is_identified = 'true' then distinct_id
                when is_identified is null and device_id is null then distinct_id
            end
        ) as person_id
    from parsed

),

renamed as (

    select
        -- ids
        event_id,
        'posthog' as source,
        record_type as raw_event,
        event_type as raw_discriminator,
        trim(concat_ws(
            ' ',
            {{ person_identifiers('person_id', 'member_id') }},
            {{ phone_identifiers('phone') }},
            {{ email_identifiers('email') }},
            {{ identifiers([
                ('cookie_id', none, 'device_id'),
                ('cookie_id', none, 'previous_id'),
                ('cookie_id', none, 'case when person_id is null then distinct_id end'),
            ]) }}
        )) as identifiers,
        'posthog:' || coalesce(device_id, distinct_id) as stream_id,
        load_id,

        -- where from, where to
        page_url,
        nullif(referrer, '$direct') as referrer,
        {{ landing_page_columns('page_url') }},
        product_id as item_id,
        order_id,
        properties,

        -- who asked
        ip,
        user_agent,
        {{ device_system('os', 'os_version', 'model') }} as device_system,
        project,

        -- what it does not tell
        {{ null_columns([
            'declared_channel', 'scene', 'creative_id', 'content_id', 'store_id',
            'staff_id', 'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('occurred') }} as occurred_at,
        received_at
    from told_apart

)

select * from renamed
