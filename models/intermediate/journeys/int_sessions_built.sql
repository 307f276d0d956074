-- One row per session, with the identifier set that says most about whose it is.
with touched as (

    select
        sessionized.session_id,
        sessionized.stream_position,
        events.*
    from {{ ref('int_events_sessionized') }} as sessionized
    inner join {{ ref('int_events_unioned') }} as events
        on sessionized.event_id = events.event_id
    where
        {{ is_touched('sessionized.stream_id', 'int_events_unioned') }}
        and {{ is_touched('events.stream_id', 'int_events_unioned') }}

),

ranked as (

    select
        touched.*,
        -- a rank is one number, the place among the device's events in its last twelve digits: it
        -- costs a third less to compare than a row of keys
        (
            case when touched.channel is null then 2 else 0 end
            + case when touched.hinted_channel is null then 1 else 0 end
        ) * 1000000000000 + touched.stream_position as channel_rank,
        coalesce(sets.strength, 1000000) * 1000000000000 + touched.stream_position as identity_rank
    from touched
    left join {{ ref('int_identifier_sets_exploded') }} as sets
        on touched.identifier_set_id = sets.identifier_set_id and sets.strength_rank = 1

),

built as (

    select
        session_id,
        stream_id,
        max(source) as source,
        {{ min_by('identifier_set_id', 'identity_rank') }} as identifier_set_id,
        -- what the app it was opened in hints counts where nothing says where it came from
        coalesce(
            {{ min_by('coalesce(channel, hinted_channel)', 'channel_rank') }}, 'direct'
        ) as channel,
        {{ min_by('campaign_id', 'channel_rank') }} as campaign_id,
        {{ min_by('ad_id', 'channel_rank') }} as ad_id,
        {{ min_by('click_id', 'channel_rank') }} as click_id,
        {{ min_by('page_url', 'stream_position') }} as landing_url,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count(case when event_type = 'view_item' then 1 end) as item_view_count
    from ranked
    group by session_id, stream_id

)

select * from built
