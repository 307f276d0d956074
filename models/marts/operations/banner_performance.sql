-- One row per banner and page: who clicked it, and what led to the cart in the same session.
with acts as (

    select
        session_id,
        customer_id,
        event_type,
        coalesce({{ page_alone('page_url') }}, '(none)') as page,
        -- where a site names no banner, what was clicked is known by its text
        coalesce(
            {{ json_text('properties', 'banner') }}, {{ json_text('properties', 'element_text') }}
        ) as banner,
        occurred_at
    from {{ ref('events') }}
    where
        exclusion_reason is null
        and session_id is not null
        and event_type in ('click', 'add_to_cart', 'order_submit')

),

clicked as (

    select
        banner,
        page,
        session_id,
        max(customer_id) as customer_id,
        count(*) as clicks,
        min(occurred_at) as clicked_at
    from acts
    where event_type = 'click' and banner is not null
    group by banner, page, session_id

),

outcomes as (

    select
        session_id,
        max(case when event_type = 'add_to_cart' then occurred_at end) as carted_at,
        max(case when event_type = 'order_submit' then occurred_at end) as ordered_at
    from acts
    where event_type <> 'click'
    group by session_id

),

totals as (

    select
        count(*) as all_sessions,
        count(outcomes.carted_at) as all_cart_sessions
    from {{ ref('sessions') }} as sessions
    left join outcomes
        on sessions.session_id = outcomes.session_id

),

counted as (

    select
        clicked.banner,
        clicked.page,
        cast(sum(clicked.clicks) as bigint) as clicks,
        count(*) as sessions,
        count(distinct nullif(clicked.customer_id, 'unknown')) as people,
        count(case when outcomes.carted_at >= clicked.clicked_at then 1 end) as cart_sessions,
        count(case when outcomes.ordered_at >= clicked.clicked_at then 1 end) as order_sessions,
        count(outcomes.carted_at) as sessions_that_carted
    from clicked
    left join outcomes
        on clicked.session_id = outcomes.session_id
    group by clicked.banner, clicked.page

),

rated as (

    select
        counted.banner,
        counted.page,
        counted.clicks,
        counted.sessions,
        counted.people,
        counted.cart_sessions,
        {{ rate_columns('cart_rate', 'counted.cart_sessions', 'counted.sessions') }},
        counted.order_sessions,
        {{ rate_columns('order_rate', 'counted.order_sessions', 'counted.sessions') }},
        cast(totals.all_cart_sessions - counted.sessions_that_carted as double)
        / nullif(totals.all_sessions - counted.sessions, 0) as cart_rate_elsewhere
    from counted
    cross join totals

)

select * from rated
