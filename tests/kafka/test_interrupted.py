"""Consumers die, come and go: no message is lost, none lands twice."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from ingestion.backup import back_up
from ingestion.warehouse import Warehouse, WarehouseBusyError
from tests.ingestion import wire
from tests.ingestion.damage import tear_what_opening_reads

pytest.importorskip("confluent_kafka", reason="needs the kafka extra")

from tests.kafka.conftest import Broker
from tests.kafka.topics import committed, declare, drain, running, send, topic

pytestmark = pytest.mark.kafka
KILLS = int(os.environ.get("OMNITOUCH_TEST_KILLS", "12")) // 3


def clicks(start: int, end: int) -> list[wire.Line]:
    return [wire.ocean_clicks(at) for at in range(start, end)]


def landed(warehouse: Warehouse) -> list[str]:
    rows = wire.raw(warehouse, "ocean_clicks", "json_extract_string(payload, '$.track_id')")
    return sorted((track for (track,) in rows), key=lambda track: int(track[1:]))


def wait_until_loaded(warehouse: Warehouse) -> None:
    while True:
        with suppress(WarehouseBusyError), warehouse.loading():
            return


def test_killed_between_load_and_commit_it_reads_again_and_lands_nothing_twice(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, clicks(0, 40))
    with running(warehouse, declaration, "--every", 1) as consumer:
        consumer.says("load 1 of")
        # what was loaded is said before it is committed
        with consumer.unheard():
            wait_until_loaded(warehouse)
            consumer.process.kill()
            consumer.process.wait()
    assert len(landed(warehouse)) == 40
    assert committed(broker, declaration, name) < 0
    send(broker, name, clicks(40, 45))
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_duplicate) == (45, 5, 40)
    assert landed(warehouse) == [f"T{at}" for at in range(45)]
    assert committed(broker, declaration, name) == 45


def test_killed_at_random_moments_it_lands_the_same(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker, partitions=2)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    chance = random.Random(7)
    moments = ["reading from", "load 1 of", "landed"]
    for kill in range(KILLS):
        send(broker, name, clicks(20 * kill, 20 * kill + 20), partition=kill % 2)
        with running(warehouse, declaration, "--every", 0.2) as consumer:
            consumer.says(chance.choice(moments))
            assert consumer.ends(signal.SIGKILL) == -signal.SIGKILL
    drain(warehouse, declaration)
    assert landed(warehouse) == [f"T{at}" for at in range(20 * KILLS)]
    ends = [20 * ((KILLS + 1) // 2), 20 * (KILLS // 2)]
    assert [committed(broker, declaration, name, at) for at in range(2)] == ends


def test_consumers_of_one_group_share_the_partitions_and_hand_them_over(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker, partitions=2)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    other = Warehouse(tmp_path / "other")
    for at in range(2):
        send(broker, name, clicks(10 * at, 10 * at + 10), partition=at)
    with running(warehouse, declaration, "--every", 0.5) as first:
        first.lands(20)
        with running(other, declaration, "--every", 0.5) as second:
            # one of the two partitions moves, and is read on from what the first committed
            second.says("reading from offset 10 of 10")
            for at in range(2):
                send(broker, name, clicks(20 + 10 * at, 30 + 10 * at), partition=at)
            second.lands(10)
            first.lands(30)
            assert second.ends(signal.SIGTERM) == 0
        # and moves back
        first.says("reading from offset 20 of 20")
        for at in range(2):
            send(broker, name, clicks(40 + at, 41 + at), partition=at)
        first.lands(32)
        assert first.ends(signal.SIGTERM) == 0
    both = landed(warehouse) + landed(other)
    assert sorted(both, key=lambda track: int(track[1:])) == [f"T{at}" for at in range(42)]


def test_while_another_loader_is_at_work_messages_wait_on_disk(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, clicks(0, 3))
    with running(warehouse, declaration, "--every", 0.5) as consumer:
        with warehouse.loading():
            consumer.says("what was read waits in 1 landed files")
            assert committed(broker, declaration, name) < 0
        consumer.says("3 landed")
        assert consumer.ends(signal.SIGTERM) == 0
    assert committed(broker, declaration, name) == 3
    send(broker, name, clicks(3, 5))
    with warehouse.loading():
        refused = wire.command(warehouse, "consume", declaration, "--once")
    assert refused.returncode == 1
    assert "is being loaded by process" in refused.stderr
    (outcome,), _ = drain(warehouse, declaration)
    # once from the file that was left, once again from the topic
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_duplicate) == (4, 2, 2)


def test_where_a_backup_takes_the_databases_place_what_it_lacks_is_loaded_again(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, clicks(0, 30))
    with running(warehouse, declaration, "--every", 0.5) as consumer:
        consumer.lands(30)
        back_up(warehouse)
        send(broker, name, clicks(30, 40))
        consumer.lands(40)
        tear_what_opening_reads(warehouse.database)
        send(broker, name, clicks(40, 50))
        # those of now, and once more those that the backup lacks
        consumer.lands(40 + 10 + 10)
        assert consumer.ends(signal.SIGTERM) == 0
    assert "the database was damaged" in consumer.said
    assert len(landed(warehouse)) == 50


def test_asked_to_stop_it_loads_and_commits_what_it_has_read(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, clicks(0, 500))
    with running(warehouse, declaration, "--every", 0.5) as consumer:
        consumer.says("load 1 of")
        # in the middle of a load: it is not left half way
        assert consumer.ends(signal.SIGTERM) == 0
    count = len(landed(warehouse))
    assert count
    assert f"{count} landed" in consumer.said
    assert committed(broker, declaration, name) == count
