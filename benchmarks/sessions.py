"""Sessions of N events: the product's two models beside a mere sort and the usual two windows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import build_statement, compile_models, fill, make_empty, sql_work

MODELS = ("int_events_sessionized", "int_sessions_built")
COLUMNS = """
    event_id, stream_id, source, event_type, channel, campaign_id, ad_id, click_id, page_url,
    identifier_set_id, occurred_at
"""

# 25 events a device over 90 days, in visits of 5; a few devices are very busy (Pareto 1.5). One
# event in five names the visit's source; the visits of one device may overlap. The days are made in
# slices, so that no sort and no join holds them all.
SLICE_EVENTS = 10_000_000
EVENTS = """
    with visits as (
        select
            i as visit,
            floor({devices} * pow(random(), 3)) as device,
            timestamp '2026-07-01'
            + to_microseconds(cast((random() + {number}) * 7776e9 / {slices} as bigint))
                as started_at,
            cast(floor(random() * 20) as int) as channel
        from range({visits}) as series (i)
    ),
    drawn as (
        select
            {number} * {events} + i as i,
            cast(floor(random() * {visits}) as bigint) as visit,
            random() as place
        from range({events}) as series (i)
    )
    select
        md5(cast(drawn.i as varchar)) as event_id,
        'sensors' as source,
        '$pageview' as raw_event,
        case when hash(drawn.i) % 4 = 0 then 'view_item' else 'browse' end as event_type,
        case when hash(drawn.i, 1) % 5 = 0 then 'channel_' || visits.channel end as channel,
        case when hash(drawn.i, 1) % 5 = 0 then 'campaign_' || visits.visit % 50 end as campaign_id,
        case when hash(drawn.i, 1) % 5 = 0 then 'ad_' || visits.visit % 200 end as ad_id,
        'https://www.huajian.example/p/' || hash(drawn.i, 2) % 500 as page_url,
        'sensors:' || md5(cast(visits.device as varchar)) as stream_id,
        cast(hash(visits.device) >> 1 as bigint) as identifier_set_id,
        visits.started_at + to_microseconds(cast(drawn.place * 9e8 as bigint)) as occurred_at,
        1 as load_seq
    from drawn
    inner join visits on drawn.visit = visits.visit
    order by occurred_at
"""

SETS = """
    select distinct
        identifier_set_id, identifier_set_id as identifier_id, 'cookie_id' as identifier_type,
        20 as strength, 1 as strength_rank
    from intermediate.int_events_unioned
"""

# What sessionization packages do: a session is what half an hour of silence ends, no more.
TIMEOUT_EVENTS = f"""
    create table usual_events as
    with lagged as (
        select {COLUMNS},
            lag(occurred_at) over (partition by stream_id order by occurred_at, event_id)
                as previous_occurred_at
        from intermediate.int_events_unioned
    ),
    numbered as (
        select *,
            sum(
                case when occurred_at - previous_occurred_at <= interval 30 minute then 0 else 1 end
            ) over (
                partition by stream_id order by occurred_at, event_id
                rows between unbounded preceding and current row
            ) as session_number
        from lagged
    )
    select {COLUMNS}, md5(stream_id || '|' || session_number) as session_id
    from numbered
"""
TIMEOUT_SESSIONS = """
    create table usual_sessions as
    select
        session_id, stream_id, arg_min(channel, occurred_at) as channel,
        arg_min(page_url, occurred_at) as landing_url, min(occurred_at) as started_at,
        max(occurred_at) as ended_at, count(*) as event_count
    from usual_events
    group by session_id, stream_id
"""
# The same two windows for our rules: silence, a new campaign, 12 hours; ties by event id; whose the
# session is. Like ours, it leaves the session of every event and a table of sessions.
RULES_EVENTS = f"""
    create table usual_events as
    with lagged as (
        select {COLUMNS},
            case when channel <> 'direct' then channel || '|' || coalesce(campaign_id, '') end
                as landing,
            lag(occurred_at) over stream as previous_occurred_at,
            lag(landing ignore nulls) over stream as previous_landing
        from intermediate.int_events_unioned
        where
            stream_id is not null
            and exclusion_reason is null
            and event_id not in (select event_id from intermediate.int_events_repeated)
            and coalesce(event_type, '')
            not in ('identity_link', 'identity_unlink', 'profile_update')
        window stream as (partition by stream_id order by occurred_at, event_id)
    ),
    cut as (
        select *,
            previous_occurred_at is null
            or occurred_at - previous_occurred_at > interval 30 minute
            or coalesce(landing <> coalesce(previous_landing, ''), false) as is_new
        from lagged
    ),
    numbered as (
        select *,
            count(case when is_new then 1 end) over so_far as visit_number,
            max(case when is_new then occurred_at end) over so_far as visit_started_at
        from cut
        window so_far as (
            partition by stream_id order by occurred_at, event_id
            rows between unbounded preceding and current row
        )
    )
    select {COLUMNS},
        md5(concat_ws(
            '|', stream_id, visit_number,
            (epoch_us(occurred_at) - epoch_us(visit_started_at)) // 43200000000
        )) as session_id
    from numbered
"""
RULES_SESSIONS = """
    create table usual_sessions as
    select
        session_id, stream_id, max(source) as source,
        arg_min(events.identifier_set_id, (coalesce(strength, 99), occurred_at, event_id))
            as identifier_set_id,
        coalesce(arg_min(channel, (occurred_at, event_id)), 'direct') as channel,
        arg_min_null(campaign_id, (channel is null, occurred_at, event_id)) as campaign_id,
        arg_min_null(ad_id, (channel is null, occurred_at, event_id)) as ad_id,
        arg_min_null(click_id, (channel is null, occurred_at, event_id)) as click_id,
        arg_min_null(page_url, (occurred_at, event_id)) as landing_url,
        min(occurred_at) as started_at, max(occurred_at) as ended_at, count(*) as event_count,
        count(*) filter (event_type = 'view_item') as item_view_count
    from usual_events as events
    left join intermediate.int_identifier_sets_exploded as sets
        on events.identifier_set_id = sets.identifier_set_id and sets.strength_rank = 1
    group by session_id, stream_id
"""
COUNT = "from usual_sessions select count(*)"
SORT = f"""
    create table sorted as
    select {COLUMNS} from intermediate.int_events_unioned
    order by stream_id, occurred_at, event_id
"""


def prepare(directory: Path, events: int) -> None:
    warehouse = directory / "warehouse"
    make_empty(warehouse)
    slices = -(-events // SLICE_EVENTS)
    in_slice = events // slices
    sizes = {"events": in_slice, "visits": in_slice // 5, "devices": events // 25, "slices": slices}
    for number in range(slices):
        days = EVENTS.format(**sizes, number=number)
        fill(warehouse, "intermediate.int_events_unioned", days)
    fill(warehouse, "intermediate.int_identifier_sets_exploded", SETS)
    compile_models(warehouse, *MODELS)


def ours(directory: Path, _: int) -> Work:
    warehouse = directory / "warehouse"
    statements = [build_statement(warehouse, model) for model in MODELS]
    return sql_work(warehouse, statements, "from intermediate.int_sessions_built select count(*)")


def in_sql(statements: list[str], outcome: str, directory: Path, _: int) -> Work:
    return sql_work(directory / "warehouse", statements, outcome)


BENCHMARK = Benchmark(
    "sessions of N events",
    prepare,
    (
        Contender("sort into a table", partial(in_sql, [SORT], "from sorted select count(*)")),
        Contender(
            "two windows, timeout only", partial(in_sql, [TIMEOUT_EVENTS, TIMEOUT_SESSIONS], COUNT)
        ),
        Contender("two windows, our rules", partial(in_sql, [RULES_EVENTS, RULES_SESSIONS], COUNT)),
        Contender("ours", ours),
    ),
)
