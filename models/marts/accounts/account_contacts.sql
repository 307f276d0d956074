-- One row per account and customer in it: how they are connected, and whether they are likely to
-- decide what it buys.
with connected as (

    select
        'crm:' || crm_account_id as account_id,
        customer_id,
        'crm' as connected_by,
        cast(null as string) as email_domain,
        connected_at
    from {{ ref('int_crm_contacts_linked') }}
    union all
    select
        judged.account_id,
        held.customer_id,
        'email_domain' as connected_by,
        held.email_domain,
        held.observed_at as connected_at
    from {{ ref('int_email_domains_held') }} as held
    inner join {{ ref('int_email_domains_judged') }} as judged
        on held.email_domain = judged.email_domain
    left join {{ ref('int_crm_contacts_linked') }} as links
        on held.customer_id = links.customer_id and links.link_rank = 1
    where judged.account_id is not null and links.customer_id is null

),

-- two domains can lead to one account
contacts as (

    select
        account_id,
        customer_id,
        connected_by,
        {{ max_by('email_domain', "(connected_at, coalesce(email_domain, ''))") }} as email_domain,
        max(connected_at) as connected_at
    from connected
    group by account_id, customer_id, connected_by

),

ranked as (

    select
        *,
        row_number() over (partition by customer_id order by connected_at desc, account_id asc)
            as account_rank
    from contacts

),

data_clock as (

    select max(last_seen_at) as now_at
    from {{ ref('customers') }}

),

behaviour as (

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
    cross join data_clock
    group by signals.customer_id

),

described as (

    select
        ranked.*,
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
    from ranked
    inner join {{ ref('customers') }} as customers
        on ranked.customer_id = customers.customer_id
    left join {{ ref('int_job_titles_read') }} as titles
        on customers.job_title = titles.job_title
    left join behaviour
        on ranked.customer_id = behaviour.customer_id

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
