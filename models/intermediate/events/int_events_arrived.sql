{% set channels = [
    'stg_call_records__events',
    'stg_chat_sessions__events',
    'stg_declared__events',
    'stg_email_events__events',
    'stg_fxiaoke_crm__contract_events',
    'stg_fxiaoke_crm__follow_up_events',
    'stg_fxiaoke_crm__lead_events',
    'stg_fxiaoke_crm__opportunity_events',
    'stg_guide_scans__events',
    'stg_loyalty__events',
    'stg_marketing_automation__events',
    'stg_ocean_clicks__events',
    'stg_registration_forms__events',
    'stg_sensors__events',
    'stg_sms_replies__events',
    'stg_sms_reports__events',
    'stg_wechat_oa__events',
] %}
{# their records come again when they change; of a version_group one version counts #}
{% set restated = [
    'stg_call_records__events',
    'stg_chat_sessions__events',
    'stg_fxiaoke_crm__contract_events',
    'stg_fxiaoke_crm__follow_up_events',
    'stg_fxiaoke_crm__lead_events',
    'stg_fxiaoke_crm__opportunity_events',
    'stg_guide_scans__events',
    'stg_loyalty__events',
    'stg_marketing_automation__events',
    'stg_registration_forms__events',
] %}
{% set no_versions = null_columns(['version_group', 'version']) %}

-- One row per event of any channel, as it came. Reading the channels is most of the work, so it is
-- done once: a changed rule reads this table again, not them.
with unioned as (

    {% for channel in channels %}
        select
            {{ event_columns() }},
            {{ 'version_group, version' if channel in restated else no_versions }}
        from {{ ref(channel) }}
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
