-- One row per operating system of devices: what kind of device it runs on, and how rare it is.
with counted as (

    select
        device_system,
        count(distinct device_id) as device_count
    from {{ ref('int_devices_on_networks') }}
    where device_system is not null
    group by device_system

),

kinds as (

    select
        counted.device_system,
        min(kinds.device_kind) as device_kind
    from counted
    inner join {{ ref('device_kinds') }} as kinds
        on lower(counted.device_system) like kinds.pattern
    group by counted.device_system

),

known as (

    select
        counted.device_system,
        kinds.device_kind,
        case
            when
                counted.device_count * 1.0 / sum(counted.device_count) over ()
                < {{ var('match_rare_system_share') }}
                then 'rare'
            when
                counted.device_count * 1.0 / sum(counted.device_count) over ()
                < 5 * {{ var('match_rare_system_share') }}
                then 'uncommon'
            else 'common'
        end as rarity
    from counted
    left join kinds
        on counted.device_system = kinds.device_system

)

select * from known
