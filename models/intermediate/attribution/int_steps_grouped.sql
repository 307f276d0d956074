-- One row per conversion type, group of customers and step from channel to channel: how often their
-- paths took it, those that converted and the others.
with touches as (

    select
        touchpoints.conversion_type,
        cast(touchpoints.conversion_id as string) as path_id,
        coalesce(customers.sample_group, {{ sample_group('touchpoints.conversion_id') }})
            as sample_group,
        true as is_converted,
        touchpoints.channel,
        touchpoints.touch_position as position
    from {{ ref('int_touchpoints_sequenced') }} as touchpoints
    left join {{ ref('int_customers_grouped') }} as customers
        on touchpoints.customer_id = customers.customer_id
    where touchpoints.conversion_type <> 'path'
    union all
    select
        journeys.conversion_type,
        journeys.customer_id as path_id,
        customers.sample_group,
        false as is_converted,
        words.word as channel,
        words.ordinal as position
    from {{ ref('int_journeys_unconverted') }} as journeys
    inner join {{ ref('int_customers_grouped') }} as customers
        on journeys.customer_id = customers.customer_id
    {{ unnest_words('journeys.path', ' > ') }}

),

walked as (

    select
        *,
        lag(channel) over (walk) as channel_before,
        lead(channel) over (walk) is null as is_last
    from touches
    window walk as (partition by conversion_type, is_converted, path_id order by position)

),

steps as (

    select
        conversion_type,
        sample_group,
        coalesce(channel_before, '(start)') as from_state,
        channel as to_state
    from walked
    union all
    select
        conversion_type,
        sample_group,
        channel as from_state,
        case when is_converted then '(conversion)' else '(null)' end as to_state
    from walked
    where is_last

),

counted as (

    select
        conversion_type,
        sample_group,
        from_state,
        to_state,
        count(*) as transitions
    from steps
    group by conversion_type, sample_group, from_state, to_state

)

select * from counted
