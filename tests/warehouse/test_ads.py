"""What ad platforms tell, from their APIs and click monitors to the marts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.pulls.conftest import clock, deployment, ocean, tencent
from tests.pulls.deployment import Deployment
from tests.simulators.ocean import Ocean, clue, promotion
from tests.simulators.tencent import Tencent, creative
from tests.warehouse import worlds

__all__ = ["clock", "deployment", "ocean", "tencent"]
IDFA = "6D92078A-8246-4BA4-AE5B-76104861E7DC"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with seeds and staging."""
    known = Warehouse(tmp_path / "warehouse")
    worlds.empty_warehouse(known.root)
    yield known
    worlds.release()


def build(warehouse: Warehouse, *models: str) -> None:
    wire.load(warehouse)
    worlds.dbt(warehouse.root, "run", "--exclude", "staging", "--select", *models)


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        return database.execute(query).fetchall()


def test_a_report_restated_after_five_days_counts_as_restated(
    deployment: Deployment, ocean: Ocean
) -> None:
    ocean.report = {"2026-07-10": [promotion("2026-07-10", number) for number in range(3)]}
    deployment.add("ocean_reports", "17001", ocean.url, since="2026-07-10")
    assert deployment.pull().rows == 3
    marts = ("+ad_performance", "+ad_performance_versions")
    build(deployment.warehouse, *marts)
    told = "select sum(spend), sum(platform_conversions) from marts.ad_performance"
    assert rows(deployment.warehouse, told) == [(Decimal("301.50"), 9)]

    deployment.clock.sleep(timedelta(days=5).total_seconds())
    ocean.report["2026-07-10"][1]["metrics"] |= {"stat_cost": "90.50", "convert_cnt": "8"}
    assert deployment.pull().rows == 3
    build(deployment.warehouse, *marts)
    assert rows(deployment.warehouse, told) == [(Decimal("291.50"), 14)]

    # a cursor that was lost brings the same figures once more, as another version of them
    for state in (deployment.warehouse.pulls / "state").rglob("*.json"):
        state.unlink()
    assert deployment.pull().rows == 3
    build(deployment.warehouse, *marts)
    assert rows(deployment.warehouse, told) == [(Decimal("291.50"), 14)]
    assert rows(deployment.warehouse, "select count(*) from raw.ocean_reports") == [(9,)]

    # what was reported in between is still known
    ((first,),) = rows(
        deployment.warehouse, "select min(valid_from) from marts.ad_performance_versions"
    )
    known = {
        days: rows(
            deployment.warehouse,
            "select sum(spend) from marts.ad_performance_versions "
            f"where valid_from <= date '{day}' and (valid_to is null or valid_to > date '{day}')",
        )
        for days, day in ((days, first + timedelta(days=days)) for days in (-1, 0, 4, 5))
    }
    assert known == {
        -1: [(None,)],
        0: [(Decimal("301.50"),)],
        4: [(Decimal("301.50"),)],
        5: [(Decimal("291.50"),)],
    }


def test_tencents_fen_stand_beside_oceans_yuan(
    deployment: Deployment, ocean: Ocean, tencent: Tencent
) -> None:
    ocean.report = {"2026-07-10": [promotion("2026-07-10", stat_cost="880.10")]}
    tencent.report = {"2026-07-10": [creative("2026-07-10", cost=88010)]}
    for source, account, url in (
        ("ocean_reports", "17001", ocean.url),
        ("tencent_reports", "2001", tencent.url),
    ):
        deployment.accounts.clear()
        deployment.add(source, account, url, since="2026-07-10")
        assert deployment.pull().error == ""
    build(deployment.warehouse, "+ad_performance")
    assert rows(
        deployment.warehouse,
        "select source, channel, spend_date, spend from marts.ad_performance order by source",
    ) == [
        ("ocean_reports", "douyin_ads", date(2026, 7, 10), Decimal("880.10")),
        ("tencent_reports", "tencent_ads", date(2026, 7, 10), Decimal("880.10")),
    ]


def test_raw_and_hashed_device_ids_are_one_person(warehouse: Warehouse) -> None:
    muid = hashlib.md5(IDFA.encode()).hexdigest().upper()
    oaid_md5 = hashlib.md5(b"oaid-1").hexdigest().upper()
    wire.deliver(
        warehouse,
        "sensors",
        [
            wire.sensors(
                wire.sensors_event(
                    number,
                    identities={"$identity_login_id": f"M{number}"},
                    properties={name: value},
                )
            )
            for number, (name, value) in enumerate([("idfa", IDFA.lower()), ("oaid", "oaid-1")])
        ],
    )
    wire.deliver(warehouse, "tencent_clicks", [wire.tencent_clicks(1, muid=muid)])
    wire.deliver(warehouse, "xiaohongshu_clicks", [wire.xiaohongshu_clicks(1, oaid_md5=oaid_md5)])
    build(warehouse, "+customer_identifiers")
    found = rows(
        warehouse,
        """
        select string_agg(identifier_type, ' ' order by identifier_type)
        from marts.customer_identifiers
        group by customer_id
        order by 1
        """,
    )
    assert found == [
        ("idfa idfa_md5 member_id tencent_click_id",),
        ("member_id oaid oaid_md5 xiaohongshu_click_id",),
    ]


def test_a_lead_is_one_event_as_the_platform_tells_it_last(
    deployment: Deployment, ocean: Ocean
) -> None:
    ocean.leads = [clue(1, "2026-07-10 08:58:00"), clue(2, "2026-07-10 08:59:00", clue_source=4)]
    deployment.add("ocean_leads", "17001", ocean.url, since="2026-07-10")
    deployment.pull()
    build(deployment.warehouse, "+events", "+int_touchpoints_identified")
    deployment.clock.sleep(3600)
    ocean.leads[0] |= {"clue_state_name": "明确意向"}
    assert deployment.pull().rows == 2
    build(deployment.warehouse, "+events", "+int_touchpoints_identified")
    states = "json_extract_string(properties, ['$.lead_state', '$.app'])"
    told = f"event_type, channel, ad_id, exclusion_reason, {states}"
    assert rows(
        deployment.warehouse,
        f"select {told} from marts.events order by exclusion_reason",
    ) == [
        ("form_submit", "douyin_ads", "7401", "test", ["新线索", "抖音"]),
        ("form_submit", "douyin_ads", "7401", None, ["明确意向", "抖音"]),
    ]
    touches = "select channel from intermediate.int_touchpoints_identified"
    assert len(rows(deployment.warehouse, touches)) == 1
