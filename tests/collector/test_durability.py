"""An acknowledged request is on disk, whatever happens next; the loader never reads half a line."""

from __future__ import annotations

import asyncio
import fcntl
import json
import threading
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from ingestion.collector.journal import Journal, NotWrittenError, rescue
from ingestion.collector.settings import JournalSettings
from tests.collector.service import Service, running
from tests.ingestion.wire import load, query, segment_call, sensors_event

SENDERS = 4


def track(name: str, **properties: Any) -> str:
    return json.dumps(sensors_event(1, distinct_id=name, properties=properties))


def landed_ids(service: Service) -> set[str]:
    rows = query(service.warehouse, "select payload from raw.sensors")
    return {json.loads(payload)["distinct_id"] for (payload,) in rows}


def send_until_killed(service: Service, enough: int) -> set[str]:
    """Several senders at once; the collector is killed once ``enough`` are acknowledged."""
    acknowledged: set[str] = set()
    is_enough = threading.Event()

    def send(sender: int) -> None:
        connection = service.connect()
        for number in range(1_000_000):
            name = f"s{sender}-{number}"
            try:
                answer = service.send("POST", "/sa", track(name), connection=connection)
            except (OSError, HTTPException):
                return
            assert answer.status == 200
            acknowledged.add(name)
            if len(acknowledged) >= enough:
                is_enough.set()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    assert is_enough.wait(60)
    service.kill()
    for sender in senders:
        sender.join()
    return acknowledged


@pytest.mark.parametrize(("fsync", "workers"), [("group", 2), ("20ms", 1), ("os", 1)])
def test_a_kill_under_load_loses_nothing_acknowledged(
    tmp_path: Path, fsync: str, workers: int
) -> None:
    settings = {
        "workers": workers,
        # small files: kills also meet a file that is just handed over
        "journal": {"fsync": fsync, "rotate_bytes": 20_000, "rotate_seconds": 3600},
        "limits": {"per_ip": {"per_second": 0}},
    }
    with running(tmp_path / "warehouse", settings) as service:
        # the busy source's files may all be just handed over; a quiet one's is open for sure
        assert service.post("/v1/track", json.dumps(segment_call(1))).status == 200
        acknowledged = send_until_killed(service, enough=300)
        assert list(service.warehouse.landing.glob("segment/*/.*.part"))
    with running(tmp_path / "warehouse", settings) as service:
        # taken up again before the first request
        assert service.post("/sa", track("afterwards")).status == 200
        assert service.stop() == 0
    assert not list(service.warehouse.landing.glob("*/*/.*.part"))
    outcome = load(service.warehouse)
    assert outcome.rows_quarantined == 0
    assert query(service.warehouse, "select count(*) from raw.segment") == [(1,)]
    assert landed_ids(service) >= acknowledged | {"afterwards"}
    assert len(acknowledged) >= 300


def test_what_was_received_is_handed_over_when_it_stops(tmp_path: Path) -> None:
    with running(tmp_path / "warehouse", {"workers": 2}) as service:
        for number in range(20):
            connection = service.connect()
            service.send("POST", "/sa", track(f"v{number}"), connection=connection)
        # the loader reads no open file
        assert load(service.warehouse).rows_read == 0
        assert service.stop() == 0
    assert load(service.warehouse).rows_landed == 20


def test_workers_share_no_file_and_their_counts_are_one(tmp_path: Path) -> None:
    with running(tmp_path / "warehouse", {"workers": 2}) as service:
        sent = 0
        while len(list(service.warehouse.landing.glob("sensors/*/.*.part"))) < 2:
            # a new connection may reach any worker
            service.send("POST", "/sa", track(f"v{sent}"), connection=service.connect())
            sent += 1
            assert sent < 1000
        series = 'records_total{source="sensors"}'
        asked = 0
        while service.metric(series) != sent:
            asked += 1
            assert asked < 20_000
        assert len(service.lines("sensors")) == sent


def test_nothing_unwritten_is_acknowledged(tmp_path: Path) -> None:
    with running(tmp_path / "warehouse") as service:
        obstacle = service.warehouse.landing / "sensors"
        obstacle.parent.mkdir(parents=True)
        obstacle.write_text("no folder")
        assert service.post("/sa", track("lost")).status == 503
        assert service.get("/health").status == 503
        # other sources go on
        assert service.post("/v1/track", "{}").status == 200
        assert list(service.get("/health").json["failures"]) == ["sensors"]
        obstacle.unlink()
        # told without anyone sending: a proxy sends nothing to who is not well
        asked = 0
        while service.get("/health").status != 200:
            asked += 1
            assert asked < 20_000
        assert service.post("/sa", track("kept")).status == 200
        assert service.line("sensors", "kept")
        assert not service.lines("sensors", "lost")


def test_a_short_link_leads_on_even_when_the_disk_is_full(tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text("code,target\nsale,https://shop.example.cn/sale\n")
    settings = {"short_links": "links.csv"}
    with running(tmp_path / "warehouse", settings) as service:
        obstacle = service.warehouse.landing / "short_links"
        obstacle.parent.mkdir(parents=True)
        obstacle.write_text("no folder")
        answer = service.get("/s/sale")
    assert (answer.status, answer.headers["location"]) == (302, "https://shop.example.cn/sale")


def test_a_line_that_does_not_fit_leaves_no_trace(tmp_path: Path) -> None:
    with running(tmp_path / "warehouse", largest_file=20_000) as service:
        statuses = {}
        for number in range(40):
            name = f"v{number}-"
            statuses[name] = service.post("/sa", track(name, text="x" * 1500)).status
        assert service.stop() == 0
    refused = {name for name, status in statuses.items() if status == 503}
    assert refused
    assert set(statuses.values()) == {200, 503}
    outcome = load(service.warehouse)
    assert outcome.rows_quarantined == 0
    assert landed_ids(service) == set(statuses) - refused


def test_a_torn_last_line_is_cut_away_and_a_held_file_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "sensors" / "2026-07-03"
    folder.mkdir(parents=True)
    (folder / ".torn.part").write_bytes(b'{"a": 1}\n{"b": 2}\n{"c":')
    (folder / ".empty.part").write_bytes(b'{"c":')
    (folder / ".held.part").write_bytes(b'{"d": 1}\n')
    with (folder / ".held.part").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert list(rescue(tmp_path)) == [folder / "torn.jsonl"]
    assert (folder / "torn.jsonl").read_bytes() == b'{"a": 1}\n{"b": 2}\n'
    assert sorted(path.name for path in folder.iterdir()) == [".held.part", "torn.jsonl"]


def journal(folder: Path, observed: list[float] | None = None, **settings: Any) -> Journal:
    observe = (observed if observed is not None else []).append
    return Journal(folder, JournalSettings(**settings), observe)


def test_requests_that_wait_together_share_one_fsync(tmp_path: Path) -> None:
    async def run() -> int:
        observed: list[float] = []
        own = journal(tmp_path, observed)
        await own.open()
        await asyncio.gather(*(own.append("sensors", b"%d\n" % n) for n in range(100)))
        shared = len(observed)
        await own.close()
        return shared

    assert asyncio.run(run()) < 10
    (path,) = tmp_path.glob("sensors/*/*.jsonl")
    assert path.read_bytes() == b"".join(b"%d\n" % n for n in range(100))


def test_files_are_handed_over_by_size_and_by_age(tmp_path: Path) -> None:
    async def run(**settings: Any) -> None:
        own = journal(tmp_path, **settings)
        await own.open()
        await own.append("sensors", b"1\n")
        await own.append("sensors", b"2\n")
        while len(list(tmp_path.glob("sensors/*/*.jsonl"))) < expected:
            await asyncio.sleep(0)  # the clock of the journal, not of the test
        await own.close()

    expected = 2
    asyncio.run(run(rotate_bytes=2))
    expected = 3
    asyncio.run(run(rotate_seconds=0.001))


def test_a_full_queue_takes_no_more(tmp_path: Path) -> None:
    async def run() -> None:
        own = journal(tmp_path, queue_bytes=10)
        await own.open()
        with pytest.raises(NotWrittenError, match="queue"):
            await own.append("sensors", b"0123456789\n")
        await own.append("sensors", b"12345678\n")
        await own.close()
        with pytest.raises(NotWrittenError):
            await own.append("sensors", b"1\n")

    asyncio.run(run())


def test_a_slow_disk_is_not_waited_for_longer_than_platforms_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr("os.fsync", lambda _: release.wait(30))

    async def run() -> None:
        own = journal(tmp_path, answer_within_seconds=0.01)
        await own.open()
        with pytest.raises(NotWrittenError, match="slow"):
            await own.append("sensors", b"1\n")
        release.set()
        await own.close()

    asyncio.run(run())
    # it was written all the same: the sender sends it again, and it lands once by its key
    (path,) = tmp_path.glob("sensors/*/*.jsonl")
    assert path.read_bytes() == b"1\n"
