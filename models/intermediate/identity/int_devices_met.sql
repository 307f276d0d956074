-- One row per two devices and network that both were on: how many were there, how long apart, and
-- the operating systems that each showed. Networks that many share say nothing of anybody.
with seen as (

    select
        network_id,
        address_id,
        window_number,
        device_id,
        device_system,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_devices_on_networks') }}
    where {{ is_touched('network_id', 'int_devices_on_networks') }}
    group by network_id, address_id, window_number, device_id, device_system

),

counted as (

    select
        network_id,
        count(distinct device_id) as device_count
    from seen
    group by network_id
    having count(distinct device_id) between 2 and {{ var('match_network_max_devices') }}

),

met as (

    select
        seen.network_id,
        seen.address_id,
        seen.window_number,
        counted.device_count,
        seen.device_id,
        others.device_id as other_device_id,
        seen.device_system,
        others.device_system as other_device_system,
        greatest(
            0,
            {{ seconds_between(
                'least(seen.last_seen_at, others.last_seen_at)',
                'greatest(seen.first_seen_at, others.first_seen_at)'
            ) }} / 3600
        ) as hours_apart
    from seen
    inner join counted
        on seen.network_id = counted.network_id
    inner join seen as others
        on seen.network_id = others.network_id and seen.device_id < others.device_id

)

select * from met
