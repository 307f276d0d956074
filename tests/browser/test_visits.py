"""A visitor's way through real SDKs in a real browser: four of them tell of one customer."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ingestion.warehouse import Warehouse
from tests.browser import shop
from tests.collector.service import PHONE, on_disk, running
from tests.ingestion import wire
from tests.warehouse import worlds

MEMBER = "M88001"
PATIENCE_SECONDS = 300
SOURCES = ("posthog", "segment", "sensors", "snowplow")
NAMES = ("events", "sessions", "orders", "touchpoint_credits", "customer_identifiers")
MARTS = ("+unmapped_events", *(f"+{name}" for name in NAMES))
TP2 = "POST /com.snowplowanalytics.snowplow/tp2"


class Visited(NamedTuple):
    """What the pages sent, what went wrong in them, and the warehouse that came of it."""

    ways: set[str]
    errors: list[str]
    warehouse: Warehouse

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return wire.query(self.warehouse, sql)


def visit(folder: Path, chromium: str) -> tuple[dict[str, Any], Warehouse]:
    """Let the browser go its way; what it says of it, and where the collector wrote."""
    with running(folder / "warehouse") as collector, shop.serving() as port:
        story = {
            "browser": chromium,
            "profile": str(folder / "profile"),
            "shop": f"http://www.shop-example.com.cn:{port}",
            "collector": f"http://collect.shop-example.com.cn:{collector.port}",
            "metrics": f"http://127.0.0.1:{collector.port}/metrics",
            "member": MEMBER,
            "phone": PHONE,
        }
        driven = subprocess.run(
            ["node", str(shop.HERE / "visits.mjs"), json.dumps(story)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert driven.returncode == 0, driven.stderr
        assert collector.stop() == 0
        return json.loads(driven.stdout), collector.warehouse


def version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return int(told.stdout.removeprefix("v").partition(".")[0])


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Visited:
    chromium, node = shutil.which("chromium"), shutil.which("node")
    if not chromium:
        pytest.skip("needs Chromium (Debian: apt install chromium)")
    if not node or version(node) < 20:
        pytest.skip("needs Node.js 20 or newer (Debian: apt install nodejs npm)")
    if not (shop.MODULES / ".complete").exists():
        pytest.skip("needs the web SDKs: run tests/browser/fetch_sdks (with npm)")
    told, warehouse = visit(tmp_path_factory.mktemp("browser"), chromium)
    outcome = wire.load(warehouse)
    assert (outcome.rows_landed, outcome.rows_duplicate, outcome.rows_quarantined) == (52, 0, 0)
    worlds.dbt(warehouse.root, "build", "--resource-type", "seed", "model", "--select", *MARTS)
    return Visited(set(told["ways"]), told["errors"], warehouse)


def test_no_page_saw_an_error(visited: Visited) -> None:
    assert visited.errors == []


def test_every_way_of_sending_was_gone(visited: Visited) -> None:
    assert visited.ways >= {
        "ping POST /sa.gif data",
        "image GET /sa.gif",
        "xhr POST /sa.gif data",
        "xhr POST /sa.gif data_list",
        "fetch GET /i",
        f"fetch {TP2} json",
        "xhr POST /v1/page json",
        "xhr POST /v1/batch json",
        "fetch POST /e/ gzip",
        "fetch POST /e/ json",
    }
    # the driver does not see what a closing page sends
    lines = on_disk(visited.warehouse.landing).decode()
    assert '"/beacon/v1/batch"' in lines
    assert "$pageleave" in lines


def test_every_event_has_its_type(visited: Visited) -> None:
    rows = visited.rows("select source, event_type from marts.events")
    assert Counter(rows) == {
        ("sensors", "browse"): 4,
        ("sensors", "click"): 4,
        ("sensors", "view_item"): 2,
        ("sensors", "add_to_cart"): 1,
        ("sensors", "identity_link"): 2,
        ("sensors", "profile_update"): 1,
        ("sensors", "purchase"): 1,
        ("snowplow", "browse"): 4,
        ("snowplow", "view_item"): 2,
        ("snowplow", "add_to_cart"): 1,
        ("snowplow", "purchase"): 1,
        ("segment", "browse"): 4,
        ("segment", "view_item"): 2,
        ("segment", "add_to_cart"): 1,
        ("segment", "identity_link"): 1,
        ("segment", "purchase"): 1,
        ("posthog", "browse"): 4,
        ("posthog", "page_stay"): 4,
        ("posthog", "click"): 7,
        ("posthog", "identity_link"): 1,
        ("posthog", None): 4,
    }


def test_events_of_the_brands_own_are_told_to_be_unmapped(visited: Visited) -> None:
    rows = visited.rows("select source, raw_event, event_count from marts.unmapped_events")
    assert sorted(rows) == [
        ("posthog", "Order Completed", 1),
        ("posthog", "Product Added", 1),
        ("posthog", "Product Viewed", 2),
    ]


def test_items_and_orders_are_told_by_every_sdk(visited: Visited) -> None:
    rows = visited.rows(
        "select source, list(distinct item_id order by item_id) filter (item_id is not null), "
        "list(distinct source_order_id) filter (source_order_id is not null) "
        "from marts.events group by source order by source"
    )
    assert rows == [(source, ["SKU1001"], ["H20001"]) for source in SOURCES]


def test_four_cookies_a_member_and_a_phone_are_one_customer(visited: Visited) -> None:
    token = (wire.PSEUDONYMISER.phone(PHONE) or "").split(".")[2]
    rows = visited.rows(
        "select identifier_type, count(*), "
        "max(identifier_value) filter (identifier_type not in ('cookie_id', 'phone_md5', "
        "'phone_sha256')) from marts.customer_identifiers group by identifier_type order by all"
    )
    assert rows == [
        ("cookie_id", 4, None),
        ("member_id", 1, MEMBER),
        ("ocean_click_id", 1, "EJiw267wvYgDGKe"),
        ("phone", 1, token),
        ("phone_md5", 1, None),
        ("phone_sha256", 1, None),
    ]
    marts = " union all ".join(f"select customer_id from marts.{name}" for name in NAMES)
    assert visited.rows(f"select count(distinct customer_id) from ({marts})") == [(1,)]


def test_each_sdk_saw_two_visits_and_where_they_came_from(visited: Visited) -> None:
    rows = visited.rows(
        "select source, list((channel, campaign_id, event_count) order by started_at), "
        "date_diff('hour', min(started_at), max(started_at)) "
        "from marts.sessions group by source order by source"
    )
    counts = {"posthog": (6, 13), "segment": (3, 5), "sensors": (4, 8), "snowplow": (3, 5)}
    assert rows == [
        (source, [("douyin_ads", "autumn", first), ("baidu_organic", None, second)], hours)
        for (source, (first, second)), (_, _, hours) in zip(counts.items(), rows, strict=True)
    ]
    assert {hours for _, _, hours in rows} <= {26, 27}


def test_an_order_that_two_sdks_report_counts_once(visited: Visited) -> None:
    rows = visited.rows(
        "select source_order_id, order_status, item_count, net_revenue::double from marts.orders"
    )
    assert rows == [("H20001", "paid", 2, 398.0)]


def test_the_ad_began_and_the_search_ended_the_way_to_the_order(visited: Visited) -> None:
    rows = visited.rows(
        "select attribution_model, channel, round(sum(credit), 9), round(sum(revenue), 2) "
        "from marts.touchpoint_credits where conversion_type = 'purchase' group by all"
    )
    shares = {(model, channel): (credit, revenue) for model, channel, credit, revenue in rows}
    for model in ("first_touch", "first_paid", "last_paid", "last_touch", "last_non_direct"):
        channel = "baidu_organic" if model in ("last_touch", "last_non_direct") else "douyin_ads"
        assert shares.pop((model, channel)) == (1.0, 398.0)
    # of a path of two, which is the only one, no model that looks at no times prefers either
    markov = ("markov_1", "markov_2", "markov_3", "markov_campaign")
    for model in ("linear", "position_based", "weighted", "shapley", *markov):
        for channel in ("douyin_ads", "baidu_organic"):
            assert shares.pop((model, channel)) == (0.5, 199.0)
    # each visit is four sessions, one for each SDK: 0.2 + 3 / 6 of 0.2, and 0.6 + 3 / 6 of 0.2
    assert shares.pop(("j_shaped", "douyin_ads")) == (0.3, 119.4)
    assert shares.pop(("j_shaped", "baidu_organic")) == (0.7, 278.6)
    # between the two nothing was, and whichever the lead came to has more
    both = [shares.pop(("w_shaped", channel))[0] for channel in ("douyin_ads", "baidu_organic")]
    assert sum(both) == pytest.approx(1)
    # a day is a seventh of the half-life
    earlier, later = (shares.pop(("time_decay", c))[0] for c in ("douyin_ads", "baidu_organic"))
    assert earlier / later == pytest.approx(0.5 ** (26 / 24 / 7), rel=1e-3)
    assert shares == {}


def test_no_phone_is_in_the_warehouse(visited: Visited) -> None:
    token = (wire.PSEUDONYMISER.phone(PHONE) or "").split(".")[2]
    content = on_disk(visited.warehouse.root)
    assert PHONE.encode() not in content
    assert token.encode() in content
    # the database packs its texts
    tables = visited.rows(
        "select schema_name || '.' || table_name from duckdb_tables() where estimated_size > 0"
    )
    every_row = " union all ".join(f"select t::text as text from {name} as t" for (name,) in tables)
    ((phones, tokens),) = visited.rows(
        f"select count(*) filter (contains(text, '{PHONE}')), "
        f"count(*) filter (contains(text, '{token}')) from ({every_row})"
    )
    assert phones == 0
    assert tokens > 0
