{%- set traits = ['likeness', 'crowd', 'windows', 'addresses', 'hours_apart'] -%}
{%- set pattern = "concat_ws('; ', traits." ~ traits | join(', traits.') ~ ')' -%}

-- One row per two devices of known owners that were on a network together: the pattern of it, in
-- few words, and what the owners say of whether one person has both.
with pairs as (

    select
        met.device_id,
        met.other_device_id,
        count(distinct met.window_number) as windows,
        count(distinct met.address_id) as addresses,
        min(met.device_count) as fewest_devices,
        min(met.hours_apart) as hours_apart,
        -- the larger text tells more
        max(
            case
                when met.device_system = met.other_device_system and systems.rarity = 'rare'
                    then '5 same rare system'
                when met.device_system = met.other_device_system and systems.rarity = 'uncommon'
                    then '4 same uncommon system'
                when met.device_system = met.other_device_system then '3 same common system'
                when systems.device_kind <> others.device_kind then '2 other kind of device'
                when systems.device_kind = others.device_kind then '1 other device'
                else '0 system unknown'
            end
        ) as likeness
    from {{ ref('int_devices_met') }} as met
    left join {{ ref('int_device_systems_known') }} as systems
        on met.device_system = systems.device_system
    left join {{ ref('int_device_systems_known') }} as others
        on met.other_device_system = others.device_system
    group by met.device_id, met.other_device_id

),

traits as (

    select
        device_id,
        other_device_id,
        likeness,
        case
            when fewest_devices <= 2 then '2 devices'
            when fewest_devices <= 4 then '3-4 devices'
            else '5+ devices'
        end as crowd,
        case
            when windows = 1 then '1 window'
            when windows = 2 then '2 windows'
            else '3+ windows'
        end as windows,
        case when addresses = 1 then '1 address' else '2+ addresses' end as addresses,
        case
            when hours_apart < 1 then 'under 1 hour'
            when hours_apart < 24 then 'under 24 hours'
            else '24+ hours'
        end as hours_apart
    from pairs

),

described as (

    select
        traits.*,
        {{ pattern }} as pattern,
        owners.customer_id,
        owners.component_id,
        others.customer_id as other_customer_id,
        others.component_id as other_component_id,
        owners.is_known,
        owners.is_member,
        others.is_known as other_is_known,
        others.is_member as other_is_member,
        owners.customer_id = others.customer_id as is_same_customer,
        -- two members are one person or they are not: what all the others are learned from
        owners.is_member and others.is_member as is_settled,
        contradicted.component_id is not null as is_contradicted,
        -- how much is known decides how likely two fragments are one person
        concat_ws(
            ' ',
            cast(cast(owners.is_known as int) + cast(others.is_known as int) as string),
            cast(cast(owners.is_member as int) + cast(others.is_member as int) as string)
        ) as knowledge,
        owners.component_id % {{ var('match_folds') }} as fold
    from traits
    inner join {{ ref('int_devices_owned') }} as owners
        on traits.device_id = owners.device_id
    inner join {{ ref('int_devices_owned') }} as others
        on traits.other_device_id = others.device_id
    left join {{ ref('int_customers_contradicted') }} as contradicted
        on
            owners.component_id = contradicted.component_id
            and others.component_id = contradicted.other_component_id

)

select * from described
