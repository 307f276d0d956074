"""Snowplow, Segment, PostHog and short links: what lands of what they send."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ingestion.records import BadRecord, Record
from tests.ingestion import wire

PHONE = "13912345678"


def landed(source: str, line: Any) -> list[tuple[Record, dict[str, Any]]]:
    records = wire.read(source, wire.text_of(source, [line]))
    assert all(isinstance(record, Record) for record in records), records
    return [(record, json.loads(record.payload)) for record in records]  # type: ignore[union-attr]


def one(source: str, line: Any) -> dict[str, Any]:
    ((_, payload),) = landed(source, line)
    return payload


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def described(name: str, data: Any) -> dict[str, Any]:
    schema = f"iglu:cn.example/{name}/jsonschema/1-0-0"
    return {"schema": "iglu:unstruct_event", "data": {"schema": schema, "data": data}}


@pytest.mark.parametrize("field", ["ue_pr", "ue_px"])
def test_a_self_describing_event_is_named_by_its_schema(field: str) -> None:
    event = described("add_to_cart", {"sku": "SKU1", "tel": int(PHONE)})
    text = json.dumps(event) if field == "ue_pr" else encoded(event)
    payload = one("snowplow", wire.snowplow(wire.snowplow_event(1, e="ue", **{field: text})))
    assert (payload["_action"], payload["_product_id"]) == ("add_to_cart", "SKU1")
    assert PHONE not in json.dumps(payload)
    assert payload["ue_pr"]["data"]["data"]["tel"] == wire.PSEUDONYMISER.phone(PHONE)


def test_an_e_commerce_step_is_named_by_its_type_and_knows_its_product() -> None:
    context = {"schema": "iglu:x/product/jsonschema/1-0-0", "data": {"id": "SKU2", "price": 199}}
    event = described("snowplow_ecommerce_action", {"type": "product_view"})
    fields = {"ue_px": encoded(event), "cx": encoded({"data": [{"schema": "a"}, context]})}
    payload = one("snowplow", wire.snowplow(wire.snowplow_event(1, e="ue", **fields)))
    assert (payload["_action"], payload["_product_id"]) == ("product_view", "SKU2")


def test_an_e_commerce_transaction_knows_its_order_and_money() -> None:
    bought = {"transaction_id": "o1", "revenue": 398, "currency": "CNY"}
    context = {"schema": "iglu:x.ecommerce/transaction/jsonschema/1-0-0", "data": bought}
    event = described("snowplow_ecommerce_action", {"type": "transaction"})
    fields = {"ue_px": encoded(event), "cx": encoded({"data": [context]})}
    payload = one("snowplow", wire.snowplow(wire.snowplow_event(1, e="ue", **fields)))
    assert (payload["_action"], payload["_order_id"]) == ("transaction", "o1")
    assert payload["_properties"] == {"revenue": 398}


def test_a_structured_event_is_named_by_its_action() -> None:
    fields = {"e": "se", "se_ac": "add-to-cart", "se_la": "面霜", "se_va": "199"}
    payload = one("snowplow", wire.snowplow(wire.snowplow_event(1, **fields)))
    assert payload["_action"] == "add-to-cart"
    assert payload["_properties"] == {"label": "面霜", "value": "199"}


def test_a_snowplow_image_request_is_one_event() -> None:
    line = wire.gateway(path="/i", query=f"e=pv&eid=e1&dtm={wire.MOMENT}000&url=https%3A%2F%2Fa.cn")
    assert one("snowplow", line)["url"] == "https://a.cn"


def test_a_bad_event_of_a_batch_leaves_the_good_ones() -> None:
    lines = [
        wire.snowplow(wire.snowplow_event(1), "odd", wire.snowplow_event(2)),
        wire.segment(wire.segment_call(1), 7, wire.segment_call(2)),
        wire.posthog(wire.posthog_event(1), None, wire.posthog_event(2)),
    ]
    for source, line in zip(("snowplow", "segment", "posthog"), lines, strict=True):
        results = wire.read(source, wire.text_of(source, [line]))
        assert [isinstance(result, BadRecord) for result in results] == [False, True, False]


def test_a_call_keeps_its_names_page_and_write_key() -> None:
    call = wire.segment_call(
        1,
        traits={"phone": PHONE},
        context={
            "traits": {"email": "li@example.cn", "phone": "none"},
            "page": {"url": "https://shop.example/p", "referrer": "https://www.baidu.com/"},
            "device": {"type": "iOS", "advertisingId": "I1"},
            "ip": "5.6.7.8",
        },
        properties={"products": [{"sku": "SKU1", "quantity": 2}, {"sku": "SKU2"}], "revenue": 199},
    )
    payload = one("segment", wire.segment(call))
    assert payload["_traits"] == {
        "email": wire.PSEUDONYMISER.secret("email", "li@example.cn"),
        "phone": wire.PSEUDONYMISER.phone(PHONE),
    }
    assert (payload["_page_url"], payload["_referrer"]) == (
        "https://shop.example/p",
        "https://www.baidu.com/",
    )
    assert (payload["_ip"], payload["_idfa"], payload["_project"]) == ("5.6.7.8", "I1", "key1")
    assert (payload["_product_id"], payload["_quantity"]) == ("SKU1", 3)
    assert payload["_properties"] == {"revenue": 199}


def test_a_single_call_is_named_by_its_address_and_timed_by_its_arrival() -> None:
    call = {"messageId": "m1", "userId": "M1"}
    line = wire.gateway(query="writeKey=k&type=identify", body=json.dumps(call))
    ((record, payload),) = landed("segment", line)
    assert record.record_type == payload["type"] == "identify"
    assert payload["_occurred_ms"] == wire.MOMENT * 1000 + 789


def test_an_identification_names_who_it_was_before() -> None:
    event = wire.posthog_event(
        1, event="$identify", properties={"$anon_distinct_id": "u1", "$set": {"phone": PHONE}}
    )
    payload = one("posthog", wire.posthog(event))
    assert payload["_previous_id"] == "u1"
    assert payload["properties"]["$set"]["phone"] == wire.PSEUDONYMISER.phone(PHONE)


def test_an_event_without_a_time_happened_its_offset_before_it_arrived() -> None:
    event = {"event": "$pageview", "properties": {"distinct_id": "d1"}, "offset": 789}
    ((record, payload),) = landed("posthog", wire.gateway(body=json.dumps(event)))
    assert payload["_occurred_ms"] == wire.MOMENT * 1000
    assert payload["distinct_id"] == "d1"
    # without an id of its own it is still one record however often it comes
    ((again, _),) = landed("posthog", wire.gateway(body=json.dumps([event])))
    assert again.key == record.key


def test_a_click_keeps_what_its_link_says() -> None:
    phone = wire.PSEUDONYMISER.phone(PHONE)
    payload = one("short_links", wire.short_links(1, phone=phone, message_id="batch-1"))
    assert payload["phone"] == phone
    assert payload["_properties"] == {"code": "sale", "message_id": "batch-1"}
