"""Rows of real databases land once each, with the right time, whoever commits when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingestion.databases import pulling
from ingestion.warehouse import Warehouse
from tests.databases.shop import (
    MEMBERS,
    ORDERS,
    POINTS,
    Shop,
    declare,
    members,
    orders,
    points,
    pull,
)
from tests.ingestion import wire

PHONE = "13912345678"


def now() -> datetime:
    # of the moment, not of the import: a suite may be longer at work than an overlap is
    return datetime.now(UTC).replace(microsecond=0)


def member(number: int, **fields: Any) -> sa.Insert:
    row = {"id": number, "phone": PHONE, "姓名": "王小明", "level": "金卡", "updated_at": now()}
    return sa.insert(members).values(row | {"password": "hunter2"} | fields)


def point(number: int, **fields: Any) -> sa.Insert:
    row = {"id": number, "member_id": 7, "kind": "签到", "amount": Decimal("10.50")}
    return sa.insert(points).values(row | {"at": datetime(2026, 7, 3, 23, 30)} | fields)


def order(number: int, **fields: Any) -> sa.Insert:
    row = {"id": f"O{number}", "member_id": 7, "amount": Decimal("199.90"), "is_paid": 1}
    return sa.insert(orders).values(row | {"at": datetime(2026, 7, 3, 23, 30)} | fields)


def landed(warehouse: Warehouse) -> list[dict[str, str]]:
    return [json.loads(payload) for _, payload in wire.raw(warehouse, "declared")]


def numbers(warehouse: Warehouse) -> list[int]:
    """Which members have landed."""
    rows = (row["identifiers"].split()[0] for row in landed(warehouse))
    return sorted(int(identifier.rpartition(":")[2]) for identifier in rows)


def at_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def test_every_type_keeps_what_it_says(shop: Shop, warehouse: Warehouse, tmp_path: Path) -> None:
    at = now()
    shop.write(
        member(7, city=None, updated_at=at), point(1), point(2), order(1), order(2, is_paid=0)
    )
    declaration = declare(tmp_path / "d", MEMBERS, POINTS, ORDERS)
    pulled, outcome = pull(warehouse, declaration)
    assert [(table.table, table.rows, table.error) for table in pulled] == [
        ("members", 1, ""),
        ("points", 2, ""),
        ("orders", 2, ""),
    ]
    assert (outcome.rows_read, outcome.rows_landed, outcome.quarantined) == (5, 5, [])
    rows = {row["source"]: row for row in landed(warehouse)}
    assert rows["members"]["name"] == "王小明"
    assert rows["members"]["level"] == "金卡"
    assert "city" not in rows["members"]
    assert rows["members"]["occurred_at"] == at_utc(at)
    assert rows["members"]["identifiers"].startswith("customer_key:members:7 phone::")
    # two equal rows of the ledger are two, by their key
    assert rows["loyalty"]["value"] == "10.50"
    assert rows["loyalty"]["occurred_at"] == "2026-07-03 15:30:00"
    assert rows["orders"]["amount"] == "199.90"
    statuses = {row["order_id"]: row["status"] for row in landed(warehouse) if "order_id" in row}
    assert statuses == {"O1": "paid", "O2": "placed"}
    for path in warehouse.root.rglob("*.jsonl"):
        text = path.read_text(encoding="utf-8")
        assert PHONE not in text
        assert "hunter2" not in text


def test_only_what_is_new_is_read(shop: Shop, warehouse: Warehouse, tmp_path: Path) -> None:
    declaration = declare(tmp_path / "d", f"{MEMBERS}, overlap: 60")
    old = now() - timedelta(days=1)
    shop.write(*(member(at, updated_at=old + timedelta(minutes=at)) for at in range(10)))
    assert pull(warehouse, declaration)[1].rows_landed == 10
    shop.write(
        member(10, updated_at=now()),
        sa.update(members).where(members.c.id == 3).values(level="黑卡", updated_at=now()),
    )
    (table,), outcome = pull(warehouse, declaration)
    # the last minute is read again
    assert table.rows == 4
    assert (outcome.rows_landed, outcome.rows_duplicate) == (2, 2)
    assert sorted(row["level"] for row in landed(warehouse)).count("黑卡") == 1
    assert numbers(warehouse) == sorted([*range(11), 3])


def test_a_row_that_is_committed_late_is_not_missed(
    shop: Shop, warehouse: Warehouse, tmp_path: Path
) -> None:
    declaration = declare(tmp_path / "d", MEMBERS, POINTS)
    with shop.engine.connect() as late:
        late.execute(member(1, updated_at=now() - timedelta(minutes=5)))
        late.execute(point(1))
        shop.write(member(2), point(2))
        assert pull(warehouse, declaration)[1].rows_landed == 2
        late.commit()
    assert pull(warehouse, declaration)[1].rows_landed == 2
    assert len(landed(warehouse)) == 4


def test_a_time_to_come_and_no_time_at_all_stop_nobody(
    shop: Shop, warehouse: Warehouse, tmp_path: Path
) -> None:
    declaration = declare(
        tmp_path / "d", MEMBERS.replace("occurred_at: updated_at, ", "occurred_at: 姓名, ")
    )
    ahead = now() + timedelta(days=3650)
    shop.write(member(1, updated_at=ahead, 姓名=None), member(2, updated_at=None, 姓名=None))
    assert pull(warehouse, declaration)[1].rows_landed == 2
    shop.write(member(3, 姓名=None), member(4, updated_at=None, 姓名=None))
    (table,), outcome = pull(warehouse, declaration)
    assert (table.rows, outcome.rows_landed) == (4, 2)
    assert numbers(warehouse) == [1, 2, 3, 4]


def test_cut_short_before_the_cursor_moved_it_reads_again(
    shop: Shop, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = declare(tmp_path / "d", POINTS)
    shop.write(*(point(at) for at in range(1, 8)))
    monkeypatch.setattr(pulling, "ROWS_PER_FILE", 3)
    keep, kept = pulling.keep, []

    def dies(path: Path, content: dict[str, Any]) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(content)
        keep(path, content)

    monkeypatch.setattr(pulling, "keep", dies)
    with pytest.raises(KeyboardInterrupt):
        pull(warehouse, declaration)
    monkeypatch.undo()
    assert [content["cursor"] for content in kept] == ["3"]
    monkeypatch.setenv("SHOP_DATABASE", shop.address)
    (table,), outcome = pull(warehouse, declaration)
    # ids 0 to 3 are the overlap; six rows were landed before
    assert table.rows == 7
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_duplicate) == (13, 7, 6)


def test_a_snapshot_tells_changes_and_what_is_gone(
    shop: Shop, warehouse: Warehouse, tmp_path: Path
) -> None:
    declaration = declare(tmp_path / "d", ORDERS)

    def pulled() -> tuple[int, int, int]:
        (table,), outcome = pull(warehouse, declaration)
        return table.rows, table.gone, outcome.rows_landed

    def latest() -> dict[str, str]:
        by_time = sorted(landed(warehouse), key=lambda row: row["updated_at"])
        return {row["order_id"]: row["status"] for row in by_time}

    shop.write(*(order(at) for at in range(4)))
    assert pulled() == (4, 0, 4)
    assert pulled() == (0, 0, 0)
    unpaid = sa.update(orders).where(orders.c.id == "O1")
    shop.write(unpaid.values(is_paid=0), sa.delete(orders).where(orders.c.id == "O2"))
    assert pulled() == (1, 1, 2)
    assert latest() == {"O0": "paid", "O1": "placed", "O2": "cancelled", "O3": "paid"}
    # what changes back, and what comes back, counts again
    shop.write(unpaid.values(is_paid=1), order(2))
    assert pulled() == (2, 0, 2)
    assert latest() == dict.fromkeys(("O0", "O1", "O2", "O3"), "paid")
    shop.write(sa.delete(orders).where(orders.c.id != "O0"))
    (table,), outcome = pull(warehouse, declaration)
    assert "holds 1 rows, held 4 before" in table.error
    assert outcome.rows_read == 0
    (table,), _ = pull(warehouse, declaration, accept_shrunk=True)
    assert (table.rows, table.gone, table.error) == (0, 3, "")
    assert sorted(latest().values()) == ["cancelled"] * 3 + ["paid"]


def test_tables_that_cannot_be_read_are_named_and_the_others_go_on(
    shop: Shop, warehouse: Warehouse, tmp_path: Path
) -> None:
    shop.write(point(1))
    wrong = [
        MEMBERS.replace("members", "no_such_table"),
        MEMBERS.replace("city: city", "city: 城市") + ", name: a",
        MEMBERS.replace("cursor: updated_at", "cursor: level") + ", name: b",
    ]
    ran = wire.command(warehouse, "pull-tables", declare(tmp_path / "d", *wrong, POINTS))
    assert ran.returncode == 2
    missing, column, cursor = ran.stderr.splitlines()
    assert "no_such_table" in missing
    assert "column '城市' not found; the table has id, phone, 姓名" in column
    assert "the cursor 'level' is neither a time nor a number" in cursor
    assert "points: 1 rows read" in ran.stdout
    assert len(landed(warehouse)) == 1
