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

arrived as (

    select
        unioned.*,
        -- a page of the own site is no new source
        nullif(
            nullif(lower(regexp_extract(unioned.referrer, '^[a-zA-Z]+://([^/?#:]+)', 1)), ''),
            lower(regexp_extract(unioned.page_url, '^[a-zA-Z]+://([^/?#:]+)', 1))
        ) as referrer_host,
        coalesce(regexp_extract(unioned.page_url, '[?&]clickid=', 0) <> '', false) as has_clickid,
        coalesce(regexp_extract(unioned.page_url, '[?&]bd_vid=', 0) <> '', false) as has_bd_vid,
        loads.load_seq
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

)

select * from arrived
