"""Declared files end in marts, without code: real data sets against plain SQL and known figures."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.warehouse import worlds
from tests.warehouse.worlds import query

UCI = """
files:
  - name: uci
    path: uci/*.csv
    shape: orders
    negative_amounts: return
    time_zone: Europe/London
    columns:
      customer: CustomerID
      order_id: InvoiceNo
      occurred_at: InvoiceDate
      product: StockCode
      quantity: Quantity
      unit_price: UnitPrice
"""
CDNOW = """
files:
  - name: cdnow
    path: {path}
    shape: orders
    separator: whitespace
    header: [customer, sample_id, day, quantity, amount]
    time_zone: America/New_York
    columns: {{customer: customer, occurred_at: day, quantity: quantity, amount: amount}}
"""
PATHDATA = """
files:
  - name: pathdata
    path: {path}
    shape: paths
    separator: ";"
    columns:
      path: path
      conversions: total_conversions
      value: total_conversion_value
      non_conversions: total_null
"""
JOURNEYS = """
files:
  - name: shop
    path: journeys.csv
    shape: touches
    columns: {customer: 客户, occurred_at: 时间, channel: 渠道, event: 类型, value: 金额}
    values:
      event: {触点: touch, 成交: purchase}
      channel: {抖音: douyin_ads, 小红书: xiaohongshu}
"""
SPEND = """
files:
  - name: spend
    path: spend.csv
    shape: ad_spend
    columns: {date: 日期, channel: 渠道, cost: 花费}
"""
MODELS = {
    "first_touch", "last_touch", "last_non_direct", "linear", "time_decay", "position_based",
    "first_paid", "last_paid", "w_shaped", "j_shaped", "weighted",
    "shapley", "markov_1", "markov_2", "markov_3", "markov_campaign",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_data() -> Path:
    folder = worlds.PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets (../shared/data) are not on this machine")
    return folder


# Each day is a run of dbt: all of them where schedules are asked for, too.
DAYS = None if int(os.environ.get("OMNITOUCH_TEST_SCHEDULES", "1")) > 1 else 2


def build(warehouse: Path, manifest: str) -> None:
    """Load what the manifest declares, then build everything that stands on it, with all tests."""
    (warehouse / "manifest.yml").write_text(manifest, encoding="utf-8")
    load(Warehouse(warehouse), [warehouse / "manifest.yml"], lambda _: None)
    worlds.dbt(warehouse, "build")


def make(warehouse: Path, manifest: str, *marts: str) -> None:
    """Load what the manifest declares, then make and test the marts that are asked for."""
    (warehouse / "manifest.yml").write_text(manifest, encoding="utf-8")
    worlds.empty_warehouse(warehouse)
    load(Warehouse(warehouse), [warehouse / "manifest.yml"], lambda _: None)
    models = [f"+{mart}" for mart in marts]
    worlds.dbt(warehouse, "run", "--select", *models, "--exclude", "staging")
    data_tests = [f"{model},test_type:data" for model in models]
    worlds.dbt(warehouse, "test", "--select", *data_tests, "--indirect-selection", "cautious")


def test_uci_days_loaded_one_by_one_equal_all_at_once_and_plain_sql(
    shared_data: Path, tmp_path: Path
) -> None:
    days = sorted((shared_data / "orders" / "uci_online_retail").glob("*.csv"))[:DAYS]
    by_day, at_once = tmp_path / "by_day", tmp_path / "at_once"
    for warehouse in (by_day, at_once):
        (warehouse / "uci").mkdir(parents=True)
    for day in days:
        shutil.copy2(day, at_once / "uci")
    load_and_run(at_once)
    # the days in an order of their own: arrival is not time
    for day in (*days[1::2], *days[0::2]):
        shutil.copy2(day, by_day / "uci")
        load_and_run(by_day)
    worlds.dbt(by_day, "run", *worlds.EVERYTHING)
    # unit tests hold whatever the data are
    worlds.dbt(by_day, "test", "--exclude", "resource_type:unit_test")
    worlds.assert_same(worlds.marts(by_day), worlds.marts(at_once))

    plain = duckdb.sql(
        f"""
        select
            count(distinct InvoiceNo),
            count(distinct InvoiceNo) filter (where InvoiceNo like 'C%'),
            count(distinct CustomerID),
            round(sum(Quantity * UnitPrice), 2),
            round(sum(Quantity * UnitPrice) filter (where InvoiceNo like 'C%'), 2)
        from read_csv('{at_once}/uci/*.csv', types = {{'InvoiceNo': 'VARCHAR'}})
        """
    ).fetchall()
    ours = query(
        by_day,
        """
        select
            count(*),
            count(*) filter (where order_kind = 'return'),
            count(distinct nullif(customer_id, 'unknown')),
            round(cast(sum(net_revenue) as double), 2),
            round(cast(-sum(refunded_revenue) as double), 2)
        from marts.orders
        """,
    )
    assert ours == plain


def load_and_run(warehouse: Path) -> None:
    is_first = not (warehouse / "manifest.yml").exists()
    (warehouse / "manifest.yml").write_text(UCI, encoding="utf-8")
    if is_first:
        worlds.empty_warehouse(warehouse)
    load(Warehouse(warehouse), [warehouse / "manifest.yml"], lambda _: None)
    worlds.dbt(warehouse, "run", *(worlds.EVERYTHING if is_first else worlds.GROWING))


def test_cdnow_customers_and_revenue(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "orders" / "cdnow" / "CDNOW_sample.txt"
    make(tmp_path, CDNOW.format(path=source), "orders")
    plain = [line.split() for line in source.read_text().splitlines() if line.strip()]
    ((orders, customers, revenue, first),) = query(
        tmp_path,
        "select count(*), count(distinct customer_id), sum(net_revenue), min(order_date) "
        "from marts.orders",
    )
    assert orders == len(plain) == 6919
    assert customers == len({row[0] for row in plain}) == 2357
    assert float(revenue) == pytest.approx(sum(float(row[4]) for row in plain), abs=1e-6)
    assert str(first) == "1997-01-01"


def test_pathdata_matches_published_first_last_and_linear(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "attribution"
    manifest = PATHDATA.format(path=folder / "pathdata.csv")
    make(tmp_path, manifest, "touchpoint_credits", "journey_paths")
    expected = duckdb.sql(
        f"from read_csv('{folder / 'pathdata_expected_heuristics.csv'}')"
    ).fetchall()
    ours = {
        (model, channel): (conversions, revenue)
        for model, channel, conversions, revenue in query(
            tmp_path,
            "select attribution_model, channel, sum(conversions), sum(revenue) "
            "from marts.touchpoint_credits group by all",
        )
    }
    assert len(expected) == 12
    for channel, *figures in expected:
        for at, model in enumerate(("first_touch", "last_touch", "linear")):
            assert ours[model, channel] == pytest.approx(figures[2 * at : 2 * at + 2], rel=1e-9)
    # as marketing_attribution_models shares by Markov within each path
    assert ours["markov_1", "alpha"][0] == pytest.approx(8285.48, abs=0.005)
    assert ours["markov_1", "delta"][0] == pytest.approx(0.0037, abs=0.00005)
    assert ("time_decay", "alpha") not in ours
    ((converted, lost),) = query(
        tmp_path, "select sum(conversions), sum(non_conversions) from marts.journey_paths"
    )
    assert (converted, lost) == (19785, 68602)


def test_one_csv_of_touches_and_conversions_is_enough(tmp_path: Path) -> None:
    (tmp_path / "journeys.csv").write_text(
        "客户,时间,渠道,类型,金额\n"
        "甲,2026-07-01 10:00:00,小红书,触点,\n"
        "甲,2026-07-03 10:00:00,抖音,触点,\n"
        "甲,2026-07-03 12:00:00,,成交,200\n"
        "乙,2026-07-02 09:00:00,线下讲座,触点,\n"
        "丙,2026-07-02 23:30:00,,成交,100\n",
        encoding="utf-8",
    )
    build(tmp_path, JOURNEYS)
    credits_by_channel = query(
        tmp_path,
        "select attribution_model, channel, sum(conversions), sum(revenue) "
        "from marts.channel_performance group by all",
    )
    assert {row[0] for row in credits_by_channel} == MODELS
    found = {row[:2]: row[2:] for row in credits_by_channel}
    assert found["first_touch", "xiaohongshu"] == (1, 200)
    assert found["last_touch", "douyin_ads"] == (1, 200)
    assert found["linear", "douyin_ads"] == (0.5, 100)
    assert all(found[model, "unattributed"] == (1, 100) for model in MODELS)
    # half an hour before midnight in Shanghai belongs to that day
    assert query(tmp_path, "select order_date::text from marts.orders order by 1") == [
        ("2026-07-02",),
        ("2026-07-03",),
    ]
    assert query(tmp_path, "select count(*) from marts.customers") == [(3,)]


@pytest.mark.parametrize(("second_day", "found"), [("2026-07-01", [(2,)]), ("2026-07-02", [])])
def test_spend_rows_that_nothing_tells_apart_are_found(
    tmp_path: Path, second_day: str, found: list[tuple]
) -> None:
    (tmp_path / "spend.csv").write_text(
        f"日期,渠道,花费\n2026-07-01,抖音,100\n{second_day},抖音,50\n", encoding="utf-8"
    )
    (tmp_path / "manifest.yml").write_text(SPEND, encoding="utf-8")
    worlds.empty_warehouse(tmp_path)
    load(Warehouse(tmp_path), [tmp_path / "manifest.yml"], lambda _: None)
    name = "assert_declared_spend_rows_are_told_apart"
    worlds.dbt(tmp_path, "test", "--store-failures", "--select", name)
    assert query(tmp_path, f"select row_count from dbt_test__audit.{name}") == found
