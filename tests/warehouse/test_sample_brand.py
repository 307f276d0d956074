"""The sample brand's marts against its truth, which no model ever reads."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import networkx as nx
import pandas as pd
import pytest

from ingestion.pseudonyms import configured_pseudonymiser
from tests.warehouse import worlds


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("brand")
    worlds.write_world(directory, people=1500, days=45, seed=21)
    worlds.dbt(directory, "build")
    return directory


@pytest.fixture(scope="module")
def truth(brand: Path) -> dict:
    return json.loads((brand / "truth" / "truth.json").read_text(encoding="utf-8"))


def query(brand: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        return database.execute(sql).fetchall()


def test_orders_revenue_and_refunds_are_the_true_ones(brand: Path, truth: dict) -> None:
    found = query(
        brand,
        """
        select
            source,
            sum(gross_revenue) filter (where order_kind = 'sale' and paid_at is not null),
            sum(refunded_revenue),
            sum(net_revenue),
            count(*) filter (where order_kind = 'sale' and paid_at is not null)
        from marts.orders group by source
        """,
    )
    assert len(found) == 3
    for source, gross, refunded, net, sales in found:
        assert gross == Decimal(truth["gross_fen"][source]) / 100
        assert refunded == Decimal(truth["refunded_fen"][source]) / 100
        assert net == Decimal(truth["net_fen"][source]) / 100
        assert sales == truth["conversions"][source]


def test_spend_is_the_last_restatement(brand: Path, truth: dict) -> None:
    found = dict(query(brand, "select channel, sum(spend) from marts.ad_performance group by 1"))
    assert found == {
        channel: sum(map(Decimal, days.values())) for channel, days in truth["spend"].items()
    }


def test_every_planted_trap_is_found(brand: Path, truth: dict) -> None:
    counts = truth["counts"]
    ((duplicates,),) = query(brand, "select sum(rows_duplicate) from marts.load_accounting")
    taobao_twice = (
        counts["taobao_records"] - query(brand, "select count(*) from raw.taobao_trades")[0][0]
    )
    assert duplicates == (
        counts["duplicate_events"]
        + counts["ocean_clicks_repeated"]
        + counts["wechat_callbacks_repeated"]
        + taobao_twice
    )
    excluded = dict(
        query(
            brand,
            "select exclusion_reason, count(*) from marts.events "
            "where exclusion_reason is not null group by 1",
        )
    )
    # every opening of the mini program is told twice, and some scans
    assert excluded.pop("duplicate") == counts["scans_that_led_to_following"] + sum(
        count
        for count, reason in query(
            brand,
            "select count(*), exclusion_reason from marts.events "
            "where raw_event = '$MPLaunch' group by 2",
        )
        if reason is None
    )
    assert excluded == {
        "bot": counts["bot_events"],
        "internal": counts["office_events"],
        "test": counts["test_project_events"],
    }
    ((unmapped,),) = query(brand, "select sum(event_count) from marts.unmapped_events")
    assert unmapped == truth["sensors_events"]["活动大转盘"]
    ((at_2330,),) = query(
        brand,
        "select count(*) from marts.orders where source = 'taobao_trades' "
        "and strftime(paid_at + interval 8 hour, '%H:%M') = '23:30' "
        "and order_date = cast(paid_at + interval 8 hour as date)",
    )
    assert at_2330 == truth["taobao_paid_at_2330"]


def test_one_interest_event_for_douyin_and_taobao(brand: Path) -> None:
    found = query(
        brand,
        "select distinct source, raw_event from marts.events "
        "where event_type = 'view_item' and source in ('douyin', 'taobao')",
    )
    assert set(found) == {("douyin", "商品点击"), ("taobao", "宝贝浏览")}


def true_identifiers(brand: Path, truth: dict) -> pd.DataFrame:
    """(person, identifier text) of everyone, personal values as their pseudonyms."""
    frame = pd.read_parquet(brand / "truth" / "identifiers.parquet")
    pseudonymiser = configured_pseudonymiser()
    frame["identifier_value"] = [
        str(pseudonymiser.phone(value)).split(".")[2] if kind == "phone" else value
        for kind, value in zip(frame["identifier_type"], frame["identifier_value"], strict=True)
    ]
    owners = frame.groupby(["identifier_type", "namespace", "identifier_value"])["person_id"]
    return frame[owners.transform("nunique") == 1]


def pairs(frame: pd.DataFrame, *columns: str) -> int:
    """How many pairs of rows agree in the columns."""
    sizes = frame.groupby(list(columns)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def test_customers_are_people(brand: Path, truth: dict) -> None:
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        ours = database.execute(
            "select identifier_id, identifier_type, namespace, identifier_value, customer_id "
            "from marts.customer_identifiers"
        ).df()
        links = database.execute(
            "select strong_id, weak_id from intermediate.int_identifier_links_judged"
        ).fetchall()
    # what no rule at all would join: everything that ever stood in one record
    joinable = {
        str(node): number
        for number, component in enumerate(nx.connected_components(nx.Graph(links)))
        for node in component
    }
    ours["component"] = ours["identifier_id"].map(joinable).fillna(ours["identifier_id"])
    people = true_identifiers(brand, truth)
    joined = people.merge(ours, on=["identifier_type", "namespace", "identifier_value"])
    assert len(joined) > 3000

    found = pairs(joined, "person_id", "customer_id")
    assert found / pairs(joined, "customer_id") > 0.98
    # the rules cost few true pairs, and without them tablets would join hundreds
    assert found / pairs(joined, "person_id", "component") > 0.95
    assert found / pairs(joined, "component") < 0.9
    assert joined.groupby("customer_id").size().max() < 40
    members = ours[ours["identifier_type"] == "member_id"].groupby("customer_id").size()
    assert members.max() == 1


def test_components_are_those_of_networkx(brand: Path) -> None:
    links = query(
        brand,
        "select strong_id, weak_id from intermediate.int_identifier_links_judged "
        "where rejected_by is null",
    )
    clusters = dict(query(brand, "from intermediate.int_identifiers_clustered"))
    expected = {
        node: min(component)
        for component in nx.connected_components(nx.Graph(links))
        for node in component
    }
    assert clusters == expected
