-- One row per account and customer in it: how they are connected, and whether they are likely to
-- decide what it buys.
with behaviour as (

    select
        signals.customer_id,
        sum(signals.points) * exp(
            -ln(2.0) * greatest(
                {{ seconds_between('max(signals.last_event_at)', 'max(data_clock.now_at)') }}, 0
            ) / 86400 / {{ var('buying_signal_half_life_days') }}
        ) as points,
        {{ join_words(
            "signals.signal || ' ' || cast(signals.event_count as string)", ', ', 'signals.signal'
        ) }} as seen
    from {{ ref('int_buying_signals_counted') }} as signals
    cross join {{ ref('int_data_clock') }} as data_clock
    group by signals.customer_id

),

described as (

    select
        connected.*,
        customers.job_title,
        titles.role,
        titles.seniority,
        titles.department,
        behaviour.seen,
        cast(coalesce(titles.seniority, 0) / 4.0 as decimal(5, 4)) as role_score,
        cast(
            least(coalesce(behaviour.points, 0) / {{ var('buying_signal_full_points') }}, 1)
            as decimal(5, 4)
        ) as behaviour_score
    from {{ ref('int_account_contacts_connected') }} as connected
    inner join {{ ref('customers') }} as customers
        on connected.customer_id = customers.customer_id
    left join {{ ref('int_job_titles_read') }} as titles
        on customers.job_title = titles.job_title
    left join behaviour
        on connected.customer_id = behaviour.customer_id

),

scored as (

    select
        *,
        cast(
            {{ var('decision_maker_role_share') }} * role_score
            + (1 - {{ var('decision_maker_role_share') }}) * behaviour_score
            as decimal(5, 4)
        ) as decision_maker_score
    from described

),

explained as (

    select
        account_id,
        customer_id,
        connected_by,
        email_domain,
        connected_at,
        account_rank = 1 as is_primary,
        job_title,
        role,
        seniority,
        department,
        role_score,
        behaviour_score,
        decision_maker_score,
        decision_maker_score >= {{ var('decision_maker_min_score') }} as is_decision_maker,
        concat_ws('; ', coalesce(role, 'role unknown'), coalesce(seen, 'no signal'))
            as score_reasons
    from scored

)

select * from explained
