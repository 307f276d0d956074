{% set fields = {
    'app_id': '_appid',
    'open_id': 'openid',
    'union_id': 'unionid',
    'subscribe': 'subscribe',
    'subscribe_time': 'subscribe_time',
    'sex': 'sex',
    'province': 'province',
    'city': 'city',
    'tags': '_tags',
} %}

-- One row per follower and fetch of the user info of an official account.
with source as (

    select * from {{ source('raw', 'wechat_users') }}

),

parsed as (

    {{ parse_payload('source', fields) }}

),

renamed as (

    select
        -- ids
        event_id as profile_version_id,
        'wechat_users' as source,
        app_id || ':' || open_id as profile_key,
        {{ identifiers([
            ('wechat_union_id', none, 'union_id'),
            ('wechat_open_id', 'app_id', 'open_id'),
        ]) }} as identifiers,
        load_id,

        -- what is known
        {{ json_object({'sex': 'sex', 'province': 'province', 'city': 'city'}) }} as attributes,
        tags,
        cast(null as string) as legal_basis,

        -- timestamps
        -- of whoever has left WeChat still tells the ids
        case when subscribe = '0' then received_at end as valid_until,
        -- followed before we looked: that is when the account and the person met
        case
            when subscribe = '0' then received_at
            else coalesce({{ epoch_to_utc('subscribe_time', 'seconds') }}, received_at)
        end as observed_at,
        cast(null as string) as entry_order,
        received_at
    from parsed

)

select * from renamed
