"""What streams in is in the marts like what comes as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds

pytest.importorskip("confluent_kafka", reason="needs the kafka extra")

from tests.kafka.conftest import Broker
from tests.kafka.topics import declare, drain, send, topic

pytestmark = pytest.mark.kafka


def test_an_event_and_an_order_of_a_topic_are_one_customers(
    broker: Broker, warehouse: Warehouse, tmp_path: Path
) -> None:
    clicks, orders = topic(broker), topic(broker)
    identities = {"$identity_login_id": "M1"}
    viewed = wire.sensors_event(1, event="ViewProduct", identities=identities)
    send(broker, clicks, [wire.sensors({**viewed, "properties": {"product_id": "A"}})])
    send(broker, orders, [{"单号": "o1", "时间": "2026-07-03 23:30:00", "分": 19900, "会员": "M1"}])
    columns = "{order_id: 单号, occurred_at: 时间, amount: 分}"
    declaration = declare(
        tmp_path / "d",
        broker,
        f"topic: {clicks}, source: sensors",
        f"topic: {orders}, source: pos, shape: orders, money_unit: fen, columns: {columns}, "
        "identifiers: {member_id: 会员}",
    )
    worlds.empty_warehouse(warehouse.root)
    drain(warehouse, declaration)
    worlds.dbt(warehouse.root, "run", "--select", "+events", "+orders", "+customer_identifiers")
    assert wire.query(
        warehouse,
        "select event_type, item_id, source_order_id, occurred_at::text, occurred_date::text "
        "from marts.events order by 1",
    ) == [
        ("purchase", None, "o1", "2026-07-03 15:30:00", "2026-07-03"),
        ("view_item", "A", None, "2026-07-03 04:05:06", "2026-07-03"),
    ]
    assert wire.query(
        warehouse, "select order_date::text, net_revenue::double from marts.orders"
    ) == [("2026-07-03", 199.0)]
    assert wire.query(warehouse, "select count(distinct customer_id) from marts.events") == [(1,)]
