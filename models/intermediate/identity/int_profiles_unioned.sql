-- One row per version of a profile: identifiers that a channel itself says are one person.
with unioned as (

    select
        profile_version_id,
        source,
        identifiers,
        observed_at,
        load_id
    from {{ ref('stg_wechat_users__profiles') }}
    union all
    select
        profile_version_id,
        source,
        identifiers,
        observed_at,
        load_id
    from {{ ref('stg_wecom_contacts__profiles') }}
    union all
    select
        profile_version_id,
        source,
        identifiers,
        observed_at,
        load_id
    from {{ ref('stg_declared__profiles') }}

),

arrived as (

    select
        unioned.profile_version_id,
        unioned.source,
        trim(unioned.identifiers) as identifier_set,
        {{ hash_id('trim(unioned.identifiers)') }} as identifier_set_id,
        unioned.observed_at,
        loads.load_seq
    from unioned
    inner join {{ ref('int_loads_sequenced') }} as loads
        on unioned.load_id = loads.load_id
    where {{ is_new('int_loads_sequenced', 'loads') }}

)

select * from arrived
