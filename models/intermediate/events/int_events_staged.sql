{% set channels = [
    'stg_baidu_clicks__events',
    'stg_declared__events',
    'stg_email_events__events',
    'stg_fxiaoke_crm__contract_events',
    'stg_fxiaoke_crm__follow_up_events',
    'stg_fxiaoke_crm__lead_events',
    'stg_fxiaoke_crm__opportunity_events',
    'stg_loyalty__events',
    'stg_marketing_automation__events',
    'stg_ocean_clicks__events',
    'stg_ocean_leads__events',
    'stg_guide_scans__events',
    'stg_registration_forms__events',
    'stg_posthog__events',
    'stg_segment__events',
    'stg_sensors__events',
    'stg_call_records__events',
    'stg_chat_sessions__events',
    'stg_short_links__events',
    'stg_sms_replies__events',
    'stg_sms_reports__events',
    'stg_snowplow__events',
    'stg_tencent_clicks__events',
    'stg_tencent_leads__events',
    'stg_wechat_oa__events',
    'stg_wecom_callbacks__events',
    'stg_wecom_chats__events',
    'stg_xiaohongshu_clicks__events',
] %}

-- One row per event of any channel, as the channels tell it.
with unioned as (

    {% for channel in channels %}
        select {{ event_columns() }} from {{ ref(channel) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from unioned
