{% set channels = [
    'stg_call_records__profiles',
    'stg_chat_sessions__profiles',
    'stg_declared__profiles',
    'stg_fxiaoke_crm__profiles',
    'stg_guide_scans__profiles',
    'stg_loyalty__profiles',
    'stg_partner_feeds__profiles',
    'stg_registration_forms__profiles',
    'stg_wechat_users__profiles',
    'stg_wecom_contacts__profiles',
] %}

-- One row per version of a profile: identifiers that a channel itself says are one person, and what
-- it knows of them. Rows are never changed: a later version is appended.
with unioned as (

    {% for channel in channels %}
        select {{ profile_columns() }} from {{ ref(channel) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

arrived as (

    select
        unioned.profile_version_id,
        unioned.source,
        unioned.source || ':' || unioned.profile_key as profile_key,
        trim(unioned.identifiers) as identifier_set,
        {{ hash_id('trim(unioned.identifiers)') }} as identifier_set_id,
        unioned.attributes,
        unioned.tags,
        unioned.legal_basis,
        unioned.valid_until,
        unioned.observed_at,
        unioned.entry_order,
        unioned.received_at,
        loads.load_seq
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

)

select * from arrived
