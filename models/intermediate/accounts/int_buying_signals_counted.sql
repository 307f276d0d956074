-- One row per contact of a company and signal that they want to buy (seed buying_signals), in the
-- last days before the last thing they did: points that were worth the most then.
with contacts as (

    select customer_id from {{ ref('int_crm_contacts_linked') }}
    union
    select customer_id from {{ ref('int_email_domains_held') }}

),

counted as (

    select
        event_id,
        customer_id,
        event_type,
        lower(page_url) as page_url,
        occurred_at,
        max(occurred_at) over (partition by customer_id) as last_event_at
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and customer_id in (select contacts.customer_id from contacts)

),

aged as (

    select
        *,
        {{ seconds_between('occurred_at', 'last_event_at') }} / 86400 as days_before
    from counted

),

-- an event counts once, as the strongest signal it is
recognised as (

    select
        aged.event_id,
        aged.customer_id,
        aged.last_event_at,
        aged.days_before,
        signals.signal,
        signals.weight,
        row_number() over (
            partition by aged.event_id order by signals.weight desc, signals.signal asc
        ) as signal_rank
    from aged
    inner join {{ ref('buying_signals') }} as signals
        on
            aged.event_type = signals.event_type
            and (
                signals.page_pattern is null
                or {{ matches('aged.page_url', 'signals.page_pattern') }}
            )
    where aged.days_before <= {{ var('buying_signal_window_days') }}

),

-- decimals add up to the same in any order of rows
weighed as (

    select
        *,
        cast(
            weight * exp(-ln(2.0) * days_before / {{ var('buying_signal_half_life_days') }})
            as decimal(18, 6)
        ) as points
    from recognised
    where signal_rank = 1

),

signals as (

    select
        customer_id,
        signal,
        last_event_at,
        count(*) as event_count,
        cast(sum(points) as decimal(18, 6)) as points
    from weighed
    group by customer_id, signal, last_event_at

)

select * from signals
