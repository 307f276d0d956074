-- One row per session, with the identifier set that says most about whose it is.
with touched as (

    select events.*
    from {{ ref('int_events_sessionized') }} as events
    where {{ is_touched('events.stream_id', 'int_events_unioned') }}

),

strengths as (

    select
        sets.identifier_set_id,
        sets.strength
    from {{ ref('int_identifier_sets_exploded') }} as sets
    where sets.strength_rank = 1

),

ranked as (

    select
        touched.*,
        row_number() over (
            partition by touched.session_id
            order by strengths.strength nulls last, touched.occurred_at, touched.event_id
        ) as identity_rank,
        row_number() over (
            partition by touched.session_id
            order by touched.channel is null, touched.occurred_at, touched.event_id
        ) as channel_rank,
        row_number() over (
            partition by touched.session_id order by touched.occurred_at, touched.event_id
        ) as event_rank
    from touched
    left join strengths
        on touched.identifier_set_id = strengths.identifier_set_id

),

built as (

    select
        session_id,
        stream_id,
        max(source) as source,
        max(case when identity_rank = 1 then identifier_set_id end) as identifier_set_id,
        coalesce(max(case when channel_rank = 1 then channel end), 'direct') as channel,
        max(case when channel_rank = 1 then campaign_id end) as campaign_id,
        max(case when channel_rank = 1 then click_id end) as click_id,
        max(case when event_rank = 1 then page_url end) as landing_url,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count(case when event_type = 'view_item' then 1 end) as item_view_count
    from ranked
    group by session_id, stream_id

)

select * from built
