"""A person's way over the wire: what SDKs and platforms send ends as events of one customer."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.collector.service import PHONE, Service, on_disk, running
from tests.collector.test_sensors import packed
from tests.collector.test_wechat import TOKEN, message, signed
from tests.ingestion import wire
from tests.warehouse import worlds

SETTINGS = {"wechat": ["gh_1"], "short_links": "links.csv"}
LINKS = (
    f"code,target,campaign,phone\nmine,https://shop.example/sale?utm_source=sms,summer,{PHONE}\n"
)
NOW_MS = round(time.time() * 1000)


def send_everything(service: Service) -> None:
    """A message is clicked, the page that opens is seen by four SDKs, an account is followed."""
    landing = service.get("/s/mine").headers["location"]
    service.get("/s/mine", Sec_Purpose="prefetch")
    visit = wire.sensors_event(1, time=NOW_MS, identities={"$identity_cookie_id": "cookie1"})
    visit["properties"] = {"$url": landing}
    service.post("/sa.gif?project=production", urlencode({"data": packed(visit)}))
    viewed = wire.segment_call(
        1,
        originalTimestamp="2026-07-03T04:05:06Z",
        anonymousId="anonymous1",
        userId="M1",
        context={"traits": {"phone": PHONE}, "page": {"url": "https://shop.example/p"}},
        properties={"product_id": "SKU1"},
    )
    write_key = f"Basic {base64.b64encode(b'key1:').decode()}"
    bought = wire.segment_call(
        2, event="Order Completed", userId="M1", properties={"order_id": "o1", "total": 199}
    )
    service.post("/v1/track", json.dumps(viewed), Authorization=write_key)
    service.post("/v1/track", json.dumps(bought), Authorization=write_key)
    added = {"schema": "iglu:u", "data": {"schema": "iglu:x/add_to_cart/j", "data": {"sku": "A"}}}
    cart = wire.snowplow_event(1, e="ue", ue_pr=json.dumps(added), uid="M1", dtm=str(NOW_MS))
    service.post(wire.SNOWPLOW, json.dumps({"schema": "iglu:payload", "data": [cart]}))
    identified = wire.posthog_event(
        1,
        event="$identify",
        distinct_id="M1",
        properties={"$anon_distinct_id": "device1", "$device_id": "device1"},
    )
    service.post("/e/", json.dumps({"api_key": "phc_1", "batch": [identified]}))
    followed = message("o1").replace("<![CDATA[text]]>", "<![CDATA[event]]>")
    followed = followed.replace("<MsgId><![CDATA[1]]></MsgId>", "<Event>subscribe</Event>")
    service.post(f"/wechat/gh_1?{signed()}", followed)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("collected") / "warehouse"
    root.with_name("links.csv").write_text(LINKS, encoding="utf-8")
    with running(root, SETTINGS, {"COLLECTOR__WECHAT__GH_1__TOKEN": TOKEN}) as service:
        send_everything(service)
        assert service.stop() == 0
    worlds.empty_warehouse(root)
    outcome = wire.load(service.warehouse)
    assert (outcome.rows_landed, outcome.rows_quarantined) == (8, 0)
    worlds.dbt(root, "run", "--select", "+events", "+orders", "+customer_identifiers")
    return root


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    return wire.query(wire.Warehouse(warehouse), sql)


def test_everything_that_was_sent_is_an_event_with_its_type(warehouse: Path) -> None:
    found = query(
        warehouse, "select source, event_type, channel, item_id from marts.events order by all"
    )
    assert found == [
        ("posthog", "identity_link", None, None),
        ("segment", "purchase", None, None),
        ("segment", "view_item", None, "SKU1"),
        ("sensors", "browse", "sms", None),
        ("short_links", "link_prefetch", "sms", None),
        ("short_links", "message_clicked", "sms", None),
        ("snowplow", "add_to_cart", None, "A"),
        ("wechat_oa", "subscribe", "wechat_official_account", None),
    ]


def test_all_that_the_person_did_is_one_customers(warehouse: Path) -> None:
    sources = query(
        warehouse,
        "select list(distinct source order by source) from marts.events "
        "group by customer_id having count(*) > 1",
    )
    # the follower of the account has no link to them yet, and who only looked ahead is nobody
    assert sources == [(["posthog", "segment", "sensors", "short_links", "snowplow"],)]
    token = (wire.PSEUDONYMISER.phone(PHONE) or "").split(".")[2]
    identifiers = query(
        warehouse,
        "select customer_id from marts.customer_identifiers where identifier_type = 'phone' "
        f"and identifier_value = '{token}'",
    )
    assert len(identifiers) == 1


def test_an_order_that_an_sdk_reports_is_the_customers(warehouse: Path) -> None:
    orders = query(
        warehouse,
        "select orders.source_order_id, orders.net_revenue::double, count(events.event_id) "
        "from marts.orders left join marts.events using (customer_id) "
        "where events.source = 'short_links' group by all",
    )
    assert orders == [("o1", 199.0, 1)]


def test_no_phone_is_anywhere_on_disk(warehouse: Path) -> None:
    content = on_disk(warehouse)
    assert PHONE.encode() not in content
    # the scan sees what is there
    assert (wire.PSEUDONYMISER.phone(PHONE) or "").encode() in content
