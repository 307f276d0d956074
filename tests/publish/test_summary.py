"""Does the end-of-run summary read right, also for a brand with little data?"""

import re
import subprocess
import sys

import fake_marts
import pytest

from expectations.__main__ import NOT_RUN, main
from expectations.summary import summarize, table, width
from ingestion.warehouse import Warehouse

WITH_EVERYTHING = """\
Published BATCH (AT Asia/Shanghai)

Customers  60 found, 48 identified, 108 identifiers
Likely     2 of them part of another one, p >= 0.8
Orders     33 sales, 3 returns, 3 unpaid or cancelled
Revenue    4,230.00 gross, 490.00 refunded, 3,740.00 net (CNY)

Conversions credited to channels, by model
channel       first_touch  last_touch  last_non_direct  linear  time_decay  position_based
百度搜索推广          4.0        10.0             10.0     6.3         7.4             6.6
短信                  4.0        10.0             10.0     6.3         7.4             6.6
淘宝站内              4.0        10.0             10.0     6.3         7.4             6.6
直接访问              6.0         0.0              0.0     3.7         2.6             3.4
抖音广告              6.0         0.0              0.0     3.7         2.6             3.4
小红书                6.0         0.0              0.0     3.7         2.6             3.4
unattributed          3.0         3.0              3.0     3.0         3.0             3.0
total                33.0        33.0             33.0    33.0        33.0            33.0

Return on ad spend (revenue ÷ spend), by model
channel       spend (CNY)  first_touch  last_touch  last_non_direct  linear  time_decay  position_based
百度搜索推广    16,807.50         0.03        0.06             0.06    0.04        0.05            0.04
抖音广告        16,807.50         0.04        0.00             0.00    0.02        0.02            0.02
小红书          16,807.50         0.04        0.00             0.00    0.03        0.02            0.02

Files      ROOT/published/BATCH/*.parquet, 67 marts
Report     ROOT/audit/BATCH/index.html
Open       PYTHON -c 'import duckdb; duckdb.connect("ROOT/published/BATCH/marts.duckdb", True).sql("show tables").show(max_rows=99)'
"""  # noqa: E501

WITH_NOTHING = """\
Published BATCH (AT Asia/Shanghai)

Customers  none found
Orders     none

Conversions credited to channels: none yet, no order has converted

Return on ad spend: no spend is known

Files      ROOT/published/BATCH/*.parquet, 66 marts
Report     ROOT/audit/BATCH/index.html
Open       PYTHON -c 'import duckdb; duckdb.connect("ROOT/published/BATCH/marts.duckdb", True).sql("show tables").show(max_rows=99)'
"""  # noqa: E501


def plain(text: str, warehouse: Warehouse) -> str:
    """Replace what differs from run to run."""
    text = text.replace(warehouse.current()["batch"], "BATCH")
    text = text.replace(str(warehouse.root.resolve()), "ROOT")
    text = text.replace(sys.executable, "PYTHON")
    return re.sub(r"\(\d{4}-\d\d-\d\d \d\d:\d\d", "(AT", text) + "\n"


def test_the_summary_of_a_brand_with_everything(tmp_path, publish_now):
    fake_marts.build(tmp_path, also=("channels",))
    publish_now()
    warehouse = Warehouse(tmp_path)
    assert plain(summarize(warehouse), warehouse) == WITH_EVERYTHING


def test_paths_of_nobody_known_are_shown_where_there_are_no_orders(tmp_path, publish_now):
    fake_marts.build(tmp_path, also=("channels",))
    fake_marts.change(
        tmp_path,
        "insert into marts.touchpoint_credits select * replace ('path' as conversion_type) "
        "from marts.touchpoint_credits where conversion_type = 'purchase'",
        # nobody knows of which days paths are, so no spend stands beside them
        "insert into marts.channel_performance "
        "select * replace ('path' as conversion_type, 0 as spend) "
        "from marts.channel_performance where conversion_type = 'purchase'",
    )
    publish_now()
    warehouse = Warehouse(tmp_path)
    assert plain(summarize(warehouse), warehouse) == WITH_EVERYTHING
    fake_marts.change(
        tmp_path,
        "delete from marts.touchpoint_credits where conversion_type = 'purchase'",
        "update marts.channel_performance set revenue = 0 where conversion_type = 'purchase'",
    )
    publish_now(allow_shrink=True)
    told = plain(summarize(warehouse), warehouse).split("\n\n")
    assert told.pop(2).startswith("Restated   2026-08: purchases 2,195.00 → 0.00 (CNY)")
    assert "\n\n".join(told) == WITH_EVERYTHING


def test_the_summary_of_a_brand_with_nothing(warehouse, publish_now):
    fake_marts.empty(warehouse.root, *fake_marts.MARTS)
    publish_now()
    assert plain(summarize(warehouse), warehouse) == WITH_NOTHING


def test_the_summary_of_a_brand_without_spend_and_without_channel_names(warehouse, publish_now):
    fake_marts.empty(warehouse.root, *fake_marts.OF_ADS)
    fake_marts.change(warehouse.root, *fake_marts.NOTHING_SPENT)
    publish_now()
    told = summarize(warehouse)
    assert "no spend is known" in told
    assert "\nbaidu_sem " in told


def test_the_summary_tells_how_effects_are_estimated_until_they_are(warehouse, publish_now):
    publish_now()
    assert "ingestion effects" not in summarize(warehouse)
    fake_marts.empty(warehouse.root, "channel_effects")
    publish_now(allow_shrink=True)
    told = summarize(warehouse)
    assert f"\nEffects    not estimated yet; what channels changed: {sys.executable} -m" in told


def test_the_last_line_opens_the_marts_as_it_stands(tmp_path, publish_now):
    publish_now()
    command = summarize(Warehouse(tmp_path)).splitlines()[-1].removeprefix("Open").strip()
    shown = subprocess.run(
        ["sh", "-c", command], cwd="/", env={}, capture_output=True, text=True, check=True
    )
    assert "customers" in shown.stdout


def test_the_summary_of_a_few_marts(warehouse, publish_now):
    publish_now(marts=["events"])
    assert "Orders" not in summarize(warehouse)


def test_there_is_no_summary_before_a_publish(tmp_path, capsys):
    assert main(["--warehouse", str(tmp_path), "summary"]) == NOT_RUN
    assert "python -m expectations publish" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "cells"), [("sms", 3), ("短信", 4), ("ｓ", 2), ("é", 1), ("", 0)])
def test_width_counts_terminal_cells(text, cells):
    assert width(text) == cells


def test_columns_align_whatever_the_script():
    lines = table(["channel", "n"], [["抖音广告", "1"], ["é", "22"]]).split("\n")
    assert {width(line) for line in lines} == {len("抖音广告") * 2 + 4}
