{% set fields = {
    'event': 'event',
    'time': 'time',
    'member_id': 'identities.$identity_login_id',
    'cookie_id': 'identities.$identity_cookie_id',
    'android_id': 'identities.$identity_android_id',
    'idfv': 'identities.$identity_idfv',
    'mini_program_open_id': 'identities.$identity_mp_openid',
    'mini_program_union_id': 'identities.$identity_mp_unionid',
    'mobile': 'identities.$identity_mobile',
    'oaid': 'properties.oaid',
    'idfa': 'properties.idfa',
    'anonymous_id': 'anonymous_id',
    'distinct_id': 'distinct_id',
    'lib': 'lib.$lib',
    'app_id': 'properties.$app_id',
    'page_url': 'properties.$url',
    'referrer': 'properties.$referrer',
    'url_path': 'properties.$url_path',
    'url_query': 'properties.$url_query',
    'screen_name': 'properties.$screen_name',
    'scene': 'properties.$latest_scene',
    'product_id': 'properties.product_id',
    'order_id': 'properties.order_id',
    'content_id': 'properties.content_id',
    'form_name': 'properties.form_name',
    'video_id': 'properties.video_id',
    'element_text': 'properties.$element_content',
    'banner_id': 'properties.banner_id',
    'banner_name': 'properties.banner_name',
    'search_query': 'properties.keyword',
    'duration': 'properties.event_duration',
    'share_code': 'properties.share_code',
    'sharer': 'properties.$share_distinct_id',
    'ip': '_ip',
    'user_agent': '_user_agent',
    'os': 'properties.$os',
    'os_version': 'properties.$os_version',
    'model': 'properties.$model',
    'project': '_project',
} %}

{# a page of a mini program has a path and a query instead of a URL #}
{% set page = "coalesce(page_url, url_path || coalesce('?' || nullif(url_query, ''), ''))" %}

{# an opening tells whose share it came through, in the SDK's id of that person: whichever it was #}
{% set sharer = identifiers([
    ('member_id', none, 'sharer'),
    ('wechat_open_id', "coalesce(app_id, '')", 'sharer'),
    ('cookie_id', none, 'sharer'),
]) %}

{# what parts an identifier from a person does not name the device it was done on #}
{% set linked = "case when event is distinct from '$UnbindID' then" %}

-- One row per SDK event of the web site, the app and the mini program.
with source as (

    select * from {{ source('raw', 'sensors') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id,
        'sensors' as source,
        -- a change of the profile has a type and no name
        coalesce(event, record_type) as raw_event,
        {{ identifiers([
            ('member_id', none, 'member_id'),
            ('wechat_union_id', none, 'mini_program_union_id'),
            ('wechat_open_id', "coalesce(app_id, '')", 'mini_program_open_id'),
            ('device_id', none, 'coalesce(android_id, idfv)'),
            ('cookie_id', none, 'cookie_id'),
        ] + device_ids(oaid=linked ~ ' oaid end', idfa=linked ~ ' idfa end')) }}
        || coalesce(' ' || {{ phone_identifiers('mobile') }}, '') as identifiers,
        'sensors:' || coalesce(
            cookie_id, android_id, idfv, mini_program_open_id, anonymous_id, distinct_id
        ) as stream_id,
        load_id,

        -- where from, where to
        coalesce({{ page }}, screen_name) as page_url,
        referrer,
        {{ landing_page_columns(page) }},
        case when lib = 'MiniProgram' then scene end as scene,
        product_id as item_id,
        order_id,
        coalesce(content_id, form_name, video_id) as content_id,
        {{ json_object({
            'element_text': "nullif(element_text, '')",
            'banner': "coalesce(nullif(banner_id, ''), nullif(banner_name, ''))",
            'search_query': "nullif(search_query, '')",
            'duration_seconds': whole_number('duration'),
            'share_code': "nullif(share_code, '')",
            'shared_by': "case when sharer <> '取值异常' then " ~ sharer ~ ' end',
        }) }} as properties,

        -- who asked
        ip,
        user_agent,
        {{ device_system('os', 'os_version', 'model') }} as device_system,
        project,

        -- what it does not tell
        {{ null_columns([
            'raw_discriminator', 'declared_channel', 'creative_id', 'store_id', 'staff_id',
            'version_group', 'version'
        ]) }},

        -- timestamps
        {{ epoch_to_utc('time') }} as occurred_at,
        received_at
    from parsed

)

select * from renamed
