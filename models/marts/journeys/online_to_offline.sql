-- One row per kind of act away from any screen, store and first online channel before it: who came
-- from online, what they left in the store, and how long it took.
with named as (

    select
        event_type,
        store_id,
        -- whose way nobody could have seen, and who was seen nowhere online
        case
            when customer_id = 'unknown' then '(unknown customer)'
            else coalesce(first_online_channel, '(none)')
        end as first_online_channel,
        customer_id,
        revenue,
        days_since_first_touch as days
    from {{ ref('int_offline_acts_preceded') }}

),

measured as (

    select
        named.event_type,
        max(event_types.name_zh) as event_name,
        named.store_id,
        named.first_online_channel,
        coalesce(max(channels.name_zh), named.first_online_channel) as first_online_channel_name,
        count(*) as acts,
        count(distinct case when named.customer_id <> 'unknown' then named.customer_id end)
            as customers,
        cast(sum(named.revenue) as decimal(18, 4)) as net_revenue,
        {{ quantile('named.days', 0.25) }} as days_q1,
        {{ quantile('named.days', 0.5) }} as days_median,
        {{ quantile('named.days', 0.75) }} as days_q3
    from named
    inner join {{ ref('event_types') }} as event_types
        on named.event_type = event_types.event_type
    left join {{ ref('channels') }} as channels
        on named.first_online_channel = channels.channel
    group by named.event_type, named.store_id, named.first_online_channel

)

select * from measured
