-- One row per device, network, window of days, operating system and load: where visits came from.
-- A network is an IP address within a window, as providers give an address to somebody else later.
with arrived as (

    select
        stream_id,
        ip,
        cast(
            floor(
                {{ seconds_between("cast('1970-01-01' as timestamp)", 'occurred_at') }}
                / {{ var('match_window_days') * 86400 }}
            ) as bigint
        ) as window_number,
        -- Mozilla/5.0 (Linux; Android 14; PJD110 Build/UKQ1; wv) …: what it runs on, and its model
        coalesce(
            device_system,
            nullif(split_part(split_part(split_part(user_agent, '(', 2), ')', 1), ' Build/', 1), '')
        ) as device_system,
        load_seq,
        occurred_at
    from {{ ref('int_events_arrived') }}
    where stream_id is not null and ip is not null and {{ is_new('int_events_arrived') }}

),

visited as (

    select
        stream_id,
        ip,
        window_number,
        device_system,
        load_seq,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from arrived
    group by stream_id, ip, window_number, device_system, load_seq

),

keyed as (

    select
        {{ hash_id('stream_id') }} as device_id,
        {{ hash_id('ip') }} as address_id,
        {{ hash_id("ip || '|' || cast(window_number as string)") }} as network_id,
        window_number,
        device_system,
        load_seq,
        first_seen_at,
        last_seen_at
    from visited

)

select * from keyed
