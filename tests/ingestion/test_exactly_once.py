"""Files may come late, twice, in any order, grown or overlapping: every record lands once."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from ingestion.warehouse import Warehouse
from tests.ingestion import wire

SCHEDULES = int(os.environ.get("OMNITOUCH_TEST_SCHEDULES", "2"))
LINES_PER_SOURCE = 12
MANIFEST = """
files:
  - name: crm
    path: crm/*.csv
    shape: orders
    key: [id]
    columns: {order_id: id, occurred_at: at, amount: amount, customer: who}
"""


def world(warehouse: Warehouse) -> Path:
    """The manifest of a warehouse that nothing was delivered to yet."""
    (warehouse.root / "crm").mkdir(parents=True)
    crm(warehouse, [], "empty")
    return wire.declare(warehouse.root, MANIFEST)


def crm(warehouse: Warehouse, numbers: list[int], name: str) -> None:
    rows = (
        f"{number},2026-07-0{1 + number % 9} 10:00:00,{number}.00,c{number}" for number in numbers
    )
    path = warehouse.root / "crm" / f"{name}.csv"
    path.write_text("\n".join(["id,at,amount,who", *rows]) + "\n")


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    """What all sources hold when every line came once, in one load."""
    warehouse = Warehouse(tmp_path_factory.mktemp("at_once"))
    manifest = world(warehouse)
    for source, good in wire.GOOD_LINES.items():
        wire.deliver(warehouse, source, [good(number) for number in range(LINES_PER_SOURCE)])
    crm(warehouse, list(range(LINES_PER_SOURCE)), "all")
    outcome = wire.load(warehouse, manifest)
    assert outcome.rows_landed == outcome.rows_read == LINES_PER_SOURCE * (len(wire.GOOD_LINES) + 1)
    return identified(warehouse)


def identified(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Every source's records; of receipts what the latest state of each till's file says."""
    return {**wire.records(warehouse), "pos_receipts": latest_receipts(warehouse)}


def latest_receipts(warehouse: Warehouse) -> list[tuple]:
    """Receipt and amount, as stg_pos_receipts__order_lines and int_orders_composed pick them."""
    return wire.query(
        warehouse,
        """
        select payload->>'receipt_no' as receipt_no, payload->>'amount' as amount
        from raw.pos_receipts
        qualify dense_rank() over (
            partition by
                payload->>'store_id', payload->>'pos_id', payload->>'business_date'
            order by payload->>'_export' desc, payload->>'_modified_at' desc, payload->>'_size' desc
        ) = 1
        order by all
        """,
    )


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_any_schedule_of_deliveries_lands_the_same(
    seed: int, warehouse: Warehouse, at_once: dict[str, list[tuple]]
) -> None:
    chance = random.Random(seed)
    manifest = world(warehouse)
    everything = list(range(LINES_PER_SOURCE))
    deliveries: list[tuple[str, list[int], str]] = []
    for source in (*wire.GOOD_LINES, "crm"):
        for copy in range(chance.randint(1, 5)):
            numbers = chance.sample(everything, chance.randint(1, LINES_PER_SOURCE))
            deliveries.append((source, numbers, f"{copy}/{wire.FILE_NAMES.get(source)}"))
        # the first lines alone, later the file that has grown
        start = chance.randint(1, LINES_PER_SOURCE)
        deliveries.append((source, everything[:start], f"grows/{wire.FILE_NAMES.get(source)}"))
    chance.shuffle(deliveries)
    # of receipts the file that changed last counts, so the whole one has to be that
    deliveries += [
        (source, everything, f"grows/{wire.FILE_NAMES.get(source)}")
        for source in (*wire.GOOD_LINES, "crm")
    ]
    cuts = sorted(chance.sample(range(1, len(deliveries)), 2))
    read = landed = 0
    for start, end in zip([0, *cuts], [*cuts, len(deliveries)], strict=True):
        for source, numbers, name in deliveries[start:end]:
            if source == "crm":
                crm(warehouse, numbers, name.partition("/")[0])
            else:
                lines = [wire.GOOD_LINES[source](number) for number in numbers]
                wire.deliver(warehouse, source, lines, name)
        outcome = wire.load(warehouse, manifest)
        read, landed = read + outcome.rows_read, landed + outcome.rows_landed
    assert identified(warehouse) == at_once
    assert LINES_PER_SOURCE * (len(wire.GOOD_LINES) + 1) <= landed < read
    assert wire.load(warehouse, manifest).files == 0


def test_a_grown_file_is_read_again_and_its_old_rows_are_duplicates(warehouse: Warehouse) -> None:
    lines: list[Any] = [wire.ocean_clicks(number) for number in range(3)]
    wire.deliver(warehouse, "ocean_clicks", lines)
    assert wire.load(warehouse).rows_landed == 3
    wire.deliver(warehouse, "ocean_clicks", [*lines, wire.ocean_clicks(3), "broken"])
    outcome = wire.load(warehouse)
    assert (outcome.rows_read, outcome.rows_landed) == (5, 1)
    assert (outcome.rows_duplicate, outcome.rows_quarantined) == (3, 1)


def test_the_first_arrival_is_kept(warehouse: Warehouse) -> None:
    event = wire.sensors_event(1, properties={"arrival": "first"})
    again = event | {"properties": {"arrival": "second"}}
    wire.deliver(warehouse, "sensors", [wire.sensors(event), wire.sensors(again)], "a.jsonl")
    wire.load(warehouse)
    wire.deliver(warehouse, "sensors", [wire.sensors(again)], "b.jsonl")
    assert wire.load(warehouse).rows_duplicate == 1
    ((_, payload),) = wire.raw(warehouse, "sensors")
    assert '"first"' in payload


def test_a_file_touched_but_unchanged_brings_nothing_new(warehouse: Warehouse) -> None:
    path = wire.deliver(warehouse, "sms_reports", [wire.sms_reports(1), wire.sms_reports(2)])
    wire.load(warehouse)
    os.utime(path, (time.time() + 5, time.time() + 5))
    outcome = wire.load(warehouse)
    assert (outcome.rows_read, outcome.rows_duplicate) == (2, 2)


def test_every_version_of_a_changing_record_lands(warehouse: Warehouse) -> None:
    versions = [
        wire.trade(1),
        wire.trade(1, status="TRADE_FINISHED", modified="2026-07-04 10:00:00"),
        wire.trade(1, payment="9.00", modified="2026-07-04 10:00:00"),
    ]
    wire.deliver(warehouse, "taobao_trades", [wire.taobao_trades(*versions, *versions)])
    outcome = wire.load(warehouse)
    assert (outcome.rows_landed, outcome.rows_duplicate) == (3, 3)


def test_a_till_file_put_right_under_its_name_replaces_the_day(warehouse: Warehouse) -> None:
    def export(name: str, changed_at: int, **amounts: str) -> None:
        rows = [
            wire.pos_row(1, receipt=receipt, amount=amount) for receipt, amount in amounts.items()
        ]
        path = wire.deliver(warehouse, "pos_receipts", rows, name)
        os.utime(path, (changed_at, changed_at))
        wire.load(warehouse)

    export("2026-07-03.csv", 1_000, A="10.00", B="20.00")
    # the amount of one receipt was wrong, the other was voided
    export("2026-07-03.csv", 2_000, A="11.00")
    assert latest_receipts(warehouse) == [("A", "11.00")]
    # and then it was right after all
    export("2026-07-03.csv", 3_000, A="10.00", B="20.00")
    assert latest_receipts(warehouse) == [("A", "10.00"), ("B", "20.00")]
    # an export of its own number comes after, whenever its file was changed; the tenth is the last
    export("2026-07-03-2.csv", 500, A="12.00")
    export("2026-07-03-10.csv", 400, A="13.00")
    export("2026-07-03-9.csv", 600, A="14.00")
    assert latest_receipts(warehouse) == [("A", "13.00")]
    # the export of a later day may mention the date again
    export("2026-07-04.csv", 300, A="15.00")
    assert latest_receipts(warehouse) == [("A", "15.00")]


def test_a_till_file_that_was_copied_brings_nothing_new(warehouse: Warehouse) -> None:
    path = wire.deliver(warehouse, "pos_receipts", [wire.pos_row(1), wire.pos_row(2)])
    wire.load(warehouse)
    (path.parent / "copy").mkdir()
    shutil.copy2(path, path.parent / "copy" / path.name)
    outcome = wire.load(warehouse)
    assert (outcome.rows_read, outcome.rows_duplicate) == (2, 2)
