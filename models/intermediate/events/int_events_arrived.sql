{% set channels = [
    'stg_baidu_clicks__events',
    'stg_declared__events',
    'stg_ocean_clicks__events',
    'stg_sensors__events',
    'stg_sms_reports__events',
    'stg_tencent_clicks__events',
    'stg_wechat_oa__events',
    'stg_wecom_callbacks__events',
    'stg_wecom_chats__events',
    'stg_xiaohongshu_clicks__events',
] %}

-- One row per event of any channel, as it came. Reading the channels is most of the work, so it is
-- done once: a changed rule reads this table again, not them.
with unioned as (

    {% for channel in channels %}
        select {{ event_columns() }} from {{ ref(channel) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

loaded as (

    select
        unioned.*,
        loads.load_seq,
        lower(regexp_extract(unioned.page_url, '^[a-zA-Z-]+://([^/?#:]+)', 1)) as host,
        lower(regexp_extract(unioned.referrer, '^[a-zA-Z-]+://([^/?#:]+)', 1)) as host_before
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

),

arrived as (

    select
        {{ event_columns() | replace(' scene,', '') }},
        load_seq,
        nullif(host, '') as page_host,
        case
            when host_before = host and host <> '' then '(self)'
            else nullif(host_before, '')
        end as referrer_host,
        -- WeChat writes on a shared page whom it was shared to
        coalesce(
            scene,
            'h5:' || nullif(
                regexp_extract(page_url, '[?&]from=(singlemessage|groupmessage|timeline)', 1), ''
            )
        ) as scene,
        -- a mail program, not a person, opened the message
        {{ json_text('properties', 'machine') }} as machine
    from loaded

)

select * from arrived
