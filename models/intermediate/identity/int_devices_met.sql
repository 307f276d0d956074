-- One row per two devices and network that both were on: how many were there, how long apart, and
-- the operating systems. Networks that many share say nothing of anybody.
with seen as (

    select
        network_id,
        address_id,
        window_number,
        device_id,
        max(device_system) as device_system,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_devices_on_networks') }}
    where {{ is_touched('network_id', 'int_devices_on_networks') }}
    group by network_id, address_id, window_number, device_id

),

counted as (

    select
        *,
        count(*) over (partition by network_id) as device_count
    from seen

),

-- before pairs are made: a gateway of thousands would be millions of them
uncrowded as (

    select * from counted
    where device_count between 2 and {{ var('match_network_max_devices') }}

),

met as (

    select
        ones.network_id,
        ones.address_id,
        ones.window_number,
        ones.device_count,
        ones.device_id,
        others.device_id as other_device_id,
        ones.device_system,
        others.device_system as other_device_system,
        greatest(
            0,
            {{ seconds_between(
                'least(ones.last_seen_at, others.last_seen_at)',
                'greatest(ones.first_seen_at, others.first_seen_at)'
            ) }} / 3600
        ) as hours_apart
    from uncrowded as ones
    inner join uncrowded as others
        on ones.network_id = others.network_id and ones.device_id < others.device_id

)

select * from met
