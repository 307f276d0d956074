"""Sessions are what their definition says, for devices of every kind and any order of arrival."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from tests.journeys import oracle
from tests.journeys.oracle import Event
from tests.warehouse import worlds

DEVICES = 400
GAP, LONGEST = timedelta(minutes=30), timedelta(hours=1)
MODELS = ("int_events_sessionized", "int_sessions_built")
TABLES = """
    create schema intermediate;
    create table intermediate.int_events_unioned (
        event_id text, stream_id text, occurred_at timestamp, event_type text, channel text,
        hinted_channel text, campaign_id text, ad_id text, click_id text, page_url text,
        identifier_set_id bigint, exclusion_reason text, source text, load_seq bigint
    );
    create table intermediate.int_events_repeated (event_id text);
    create table intermediate.int_identifier_sets_exploded as
    select *, 1 as load_seq
    from (values (1, 30, 1), (1, 40, 2), (2, 10, 1), (3, 10, 1), (4, null, 1))
        as sets (identifier_set_id, strength, strength_rank);
"""
STRENGTHS = {1: 30, 2: 10, 3: 10}
"""Of set 4 nothing counts, and set 5 has no identifier at all."""

# Instants that coincide, that lie exactly a gap apart, and one microsecond more.
STEPS = (
    *(timedelta(0), timedelta(microseconds=1), timedelta(minutes=3), timedelta(minutes=29)),
    *(GAP, GAP + timedelta(microseconds=1), LONGEST),
)
NO_SILENCE = STEPS[:5]


def events_of(chance: random.Random, device: int) -> list[Event]:
    """A device that lands again and again, or never; with long visits, or many short ones."""
    lands, steps = chance.choice((0, 0.2, 0.8)), chance.choice((STEPS, NO_SILENCE))
    weights = [chance.random() for _ in steps]
    at, events = datetime(2026, 7, 3, chance.randrange(24), 15), []
    for number in range(chance.choice((1, 2, 5, 30))):
        at += chance.choices(steps, weights)[0]
        lands_here = chance.random() < lands
        events.append(
            Event(
                event_id=f"{chance.randrange(10**6)}.{device}.{number}",
                stream_id=f"d{device}" if chance.random() < 0.97 else None,
                occurred_at=at,
                event_type=chance.choice(("view_item", "browse", None, *oracle.NO_VISIT[:1])),
                channel=chance.choice(("sms", "baidu_sem", "direct")) if lands_here else None,
                hinted_channel=chance.choice((None, None, "wechat_in_app")),
                campaign_id=chance.choice((None, "a", "b")),
                ad_id=chance.choice((None, "7301", "7302")),
                click_id=chance.choice((None, f"c{number}")),
                page_url=f"/{number}",
                identifier_set_id=chance.randrange(1, 6),
                exclusion_reason="bot" if chance.random() < 0.05 else None,
                source=chance.choice(("sensors", "shop")),
                load_seq=chance.randrange(1, 3),
            )
        )
    return events


def test_sessions_are_what_their_definition_says_and_late_events_change_them(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    devices = [events_of(chance, device) for device in range(DEVICES)]
    everything = [event for events in devices for event in events]
    repeated = {event.event_id for event in everything if chance.random() < 0.05}
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.execute(TABLES)
        database.executemany(
            "insert into intermediate.int_events_repeated values (?)",
            [[event_id] for event_id in sorted(repeated)],
        )
    for load_seq in (1, 2):
        deliver(tmp_path, [event for event in everything if event.load_seq == load_seq])
        settings = ("--vars", "{session_gap_minutes: 30, session_max_hours: 1}")
        worlds.dbt(tmp_path, "run", "--select", *MODELS, settings=settings)
        landed = [[event for event in events if event.load_seq <= load_seq] for events in devices]
        expected = {}
        for events in landed:
            by_session = oracle.sessions(oracle.visiting(events, repeated), GAP, LONGEST)
            expected.update(by_session)
        assert session_of_events(tmp_path) == {
            event.event_id: session for session, events in expected.items() for event in events
        }
        assert built(tmp_path) == {
            session: oracle.summary(events, STRENGTHS) for session, events in expected.items()
        }
    # the parts of long visits among them, and devices that only half arrived at first
    assert len(expected) > 2 * DEVICES
    assert sum(session - 1 in expected for session in expected) > DEVICES / 4


def deliver(warehouse: Path, events: list[Event]) -> None:
    rows = pd.DataFrame(events)
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.register("rows", rows)
        database.execute("insert into intermediate.int_events_unioned by name from rows")


def session_of_events(warehouse: Path) -> dict[str, int]:
    query = "select event_id, session_id from intermediate.int_events_sessionized"
    return dict(worlds.query(warehouse, query))


def built(warehouse: Path) -> dict[int, dict[str, object]]:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        found = database.execute("from intermediate.int_sessions_built")
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row.pop("session_id"): row for row in rows}
