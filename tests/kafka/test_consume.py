"""Messages of a real Kafka land once each, whatever they say and whoever packed them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

pytest.importorskip("confluent_kafka", reason="needs the kafka extra")

from tests.kafka.conftest import Broker, free_port
from tests.kafka.topics import committed, declare, delete_before, drain, send, topic

pytestmark = pytest.mark.kafka
PHONE, EMAIL = "13912345678", "li@example.com"
CRM = (
    "source: crm, shape: events, columns: {occurred_at: 时间, event: 行为, product: 商品}, "
    "identifiers: {phone: 手机号}"
)


def crm_row(number: int, **fields: object) -> dict[str, object]:
    row = {"时间": "2026-07-03 23:30:00", "行为": "商品点击", "商品": f"面霜{number}"}
    return {**row, "手机号": PHONE, **fields}


def everything_landed(warehouse: Warehouse) -> str:
    files = [path for path in warehouse.landing.rglob("*") if path.is_file()]
    assert files
    return "".join(path.read_text(encoding="utf-8") for path in files)


def test_lines_of_a_channel_and_rows_of_a_shape_land(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    channel, callbacks, rows = topic(broker), topic(broker), topic(broker)
    event = wire.sensors_event(1, properties={"$title": "双十一主会场", "note": f"call {PHONE}"})
    send(broker, channel, [wire.sensors(event, zipped=True)])
    send(broker, callbacks, [wire.wechat_oa(1, Content=f"我的电话 {PHONE}")["body"]])
    send(broker, rows, [crm_row(1, 备注=f"回电 {EMAIL}"), crm_row(2)])
    declaration = declare(
        tmp_path / "d",
        broker,
        f"topic: {channel}, source: sensors",
        f"topic: {callbacks}, source: wechat_oa, message: body",
        f"topic: {rows}, {CRM}",
    )
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.rows_read, outcome.rows_landed, outcome.quarantined) == (4, 4, [])
    ((_, payload),) = wire.raw(warehouse, "sensors")
    assert "双十一主会场" in payload
    ((payload, received_at),) = wire.raw(warehouse, "wechat_oa", "payload, received_at")
    token = configured_pseudonymiser().phone(PHONE)
    assert token in json.loads(payload)["Content"]
    assert received_at.year >= 2026
    declared = [json.loads(payload) for _, payload in wire.raw(warehouse, "declared")]
    assert sorted(row["product"] for row in declared) == ["面霜1", "面霜2"]
    for row in declared:
        assert row["occurred_at"] == "2026-07-03 15:30:00"
        assert row["identifiers"].startswith("phone::")
    landed = everything_landed(warehouse)
    assert PHONE not in landed
    assert EMAIL not in landed
    assert token in landed
    assert [committed(broker, declaration, name) for name in (channel, callbacks, rows)] == [
        1,
        1,
        2,
    ]
    # a later load knows the files, and nothing is left to consume
    assert wire.load(warehouse).files == 0
    assert drain(warehouse, declaration)[0] == []


def test_two_partitions_are_read_and_taken_up_again(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker, partitions=2)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, [wire.ocean_clicks(at) for at in range(5)], partition=0)
    send(broker, name, [wire.ocean_clicks(at) for at in range(5, 8)], partition=1)
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.files, outcome.rows_landed) == (2, 8)
    send(broker, name, [wire.ocean_clicks(at) for at in range(7, 10)], partition=1)
    (outcome,), said = drain(warehouse, declaration)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_duplicate) == (3, 2, 1)
    assert f"topic {name}, partition 1: reading from offset 3 of 6" in said
    names = sorted(path.name for path in (warehouse.landing / "ocean_clicks" / "kafka").iterdir())
    spans = ("0-000000000000-000000000004", "1-000000000000-000000000002")
    spans += ("1-000000000003-000000000005",)
    assert names == [f"{name}-{span}.jsonl" for span in spans]
    assert len(wire.raw(warehouse, "ocean_clicks")) == 10


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_messages_are_read(
    codec: str, broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    rows = [crm_row(at) for at in range(200)]
    send(broker, name, rows, **{"compression.type": codec, "linger.ms": 50})
    (outcome,), _ = drain(warehouse, declare(tmp_path / "d", broker, f"topic: {name}, {CRM}"))
    assert outcome.rows_landed == 200


def test_poison_goes_to_the_quarantine_by_its_offset(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name, rows = topic(broker), topic(broker)
    good = wire.ocean_clicks(1)
    poison = [
        f"call me {PHONE}".encode(),
        b'{"a": 1}\n{"b": 2}',
        '{"path": "面霜"}'.encode("gb18030"),
        b"[1, 2]",
        b"\x00\x00\x00\x00\x07avro",
        b"",
    ]
    send(broker, name, [good, *poison, None, wire.ocean_clicks(2)])
    send(broker, rows, [{"别的": 1}])
    declaration = declare(
        tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks", f"topic: {rows}, {CRM}"
    )
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_quarantined) == (9, 2, 7)
    assert outcome.refused == []
    found = {position: reason for _, position, reason, _ in wire.quarantine(warehouse)}
    assert found.keys() == {
        *(f"topic {name}, partition 0, offset {offset}" for offset in range(1, 7)),
        f"topic {rows}, partition 0, offset 0",
    }
    assert found[f"topic {name}, partition 0, offset 4"] == "the line is list, not an object"
    assert "column '时间') is empty" in found[f"topic {rows}, partition 0, offset 0"]
    assert PHONE not in everything_landed(warehouse)
    assert committed(broker, declaration, name) == 9
    assert drain(warehouse, declaration)[0] == []


def test_offsets_without_a_message_do_not_shift_the_others(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    # each transaction ends in a mark of its own, which takes an offset
    for at in range(3):
        send(broker, name, [wire.ocean_clicks(at), b"poison"], **{"transactional.id": name})
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.files, outcome.rows_landed) == (1, 3)
    assert [position.split()[-1] for _, position, _, _ in wire.quarantine(warehouse)] == list("147")
    assert committed(broker, declaration, name) == 9


def test_equal_messages_are_one_and_a_key_tells_them_apart(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name, keyed = topic(broker), topic(broker)
    send(broker, name, [crm_row(1), crm_row(1)])
    send(broker, keyed, [crm_row(1, 编号=1), crm_row(1, 编号=2), crm_row(9, 编号=2)])
    declaration = declare(
        tmp_path / "d", broker, f"topic: {name}, {CRM}", f"topic: {keyed}, key: [编号], {CRM}"
    )
    (outcome,), _ = drain(warehouse, declaration)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_duplicate) == (5, 3, 2)
    products = sorted(
        json.loads(payload)["product"] for _, payload in wire.raw(warehouse, "declared")
    )
    assert products == ["面霜1"] * 3


def test_a_topic_or_a_broker_that_is_not_there_is_named(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    declaration = declare(tmp_path / "d", broker, "topic: no.such.topic, source: sensors")
    ran = wire.command(warehouse, "consume", declaration, "--once")
    assert ran.returncode == 1
    assert f"topic no.such.topic cannot be read at {broker.address}" in ran.stderr
    nobody = Broker(f"127.0.0.1:{free_port()}", 0)
    declaration = declare(tmp_path / "n", nobody, "topic: shop, source: sensors")
    ran = wire.command(warehouse, "consume", declaration, "--once")
    assert ran.returncode == 1
    assert f"error: no broker of {nobody.address} answers" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_messages_that_the_broker_deleted_unread_are_missed_aloud(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    name = topic(broker)
    declaration = declare(tmp_path / "d", broker, f"topic: {name}, source: ocean_clicks")
    send(broker, name, [wire.ocean_clicks(at) for at in range(2)])
    drain(warehouse, declaration)
    send(broker, name, [wire.ocean_clicks(at) for at in range(2, 9)])
    delete_before(broker, name, 6)
    (outcome,), said = drain(warehouse, declaration)
    assert outcome.rows_landed == 3
    assert any(
        "4 messages were deleted by the broker before they were read" in line for line in said
    )
