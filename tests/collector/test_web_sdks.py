"""Snowplow, Segment, RudderStack and PostHog SDKs: what they send and wait for."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.collector.service import PHONE, Service

TP2 = "/com.snowplowanalytics.snowplow/tp2"
PAYLOAD = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"


def encoded(value: Any) -> str:
    """base64url without padding, as trackers write contexts."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def basic(write_key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{write_key}:'.encode()).decode()}"}


def test_a_snowplow_batch_lands_with_its_contexts_open(collector: Service) -> None:
    context = {"schema": "iglu:contexts", "data": [{"data": {"id": "page1", "tel": int(PHONE)}}]}
    event = {"e": "pv", "eid": "tp2", "aid": "shop", "duid": "d1", "cx": encoded(context)}
    body = json.dumps({"schema": PAYLOAD, "data": [event]})
    answer = collector.post(TP2, body, Content_Type="application/json; charset=UTF-8")
    assert answer.status == 200
    (landed,) = json.loads(collector.line("snowplow", '\\"tp2\\"')["body"])["data"]
    assert "cx" not in landed
    assert landed["co"]["data"][0]["data"]["id"] == "page1"
    assert landed["co"]["data"][0]["data"]["tel"].startswith("phone.k1.")


def test_a_snowplow_image_lands_like_a_batch_of_one(collector: Service) -> None:
    described = {"schema": "iglu:unstruct", "data": {"schema": "iglu:add_to_cart", "data": {}}}
    query = urlencode({"e": "ue", "eid": "image1", "aid": "shop", "ue_px": encoded(described)})
    answer = collector.get(f"/i?{query}")
    assert answer.headers["content-type"] == "image/gif"
    (landed,) = json.loads(collector.line("snowplow", "image1")["body"])["data"]
    assert landed["ue_pr"] == described


@pytest.mark.parametrize("call", ["track", "identify", "page", "screen", "group", "alias"])
def test_each_segment_call_lands_with_its_write_key(collector: Service, call: str) -> None:
    message = {"type": call, "messageId": f"m-{call}", "anonymousId": "a1"}
    message["traits"] = {"phone": PHONE}
    answer = collector.send("POST", f"/v1/{call}", json.dumps(message), basic("key1"))
    assert answer.json == {"success": True}
    line = collector.line("segment", f"m-{call}")
    assert line["query"] == f"writeKey=key1&type={call}"
    assert json.loads(line["body"])["traits"]["phone"].startswith("phone.k1.")
    assert PHONE not in json.dumps(line)


def test_analytics_js_calls_by_letter_and_names_its_key_in_the_body(collector: Service) -> None:
    message = {"messageId": "letter", "anonymousId": "a1", "writeKey": "key2"}
    answer = collector.post("/v1/t", json.dumps(message), Content_Type="text/plain")
    assert answer.status == 200
    assert collector.line("segment", "letter")["query"] == "writeKey=key2&type=track"


def test_rudderstacks_batch_of_a_closing_page_lands(collector: Service) -> None:
    batch = {"batch": [{"type": "track", "messageId": f"beacon{n}"} for n in range(2)]}
    assert collector.post("/beacon/v1/batch?writeKey=key3", json.dumps(batch)).status == 200
    line = collector.line("segment", "beacon0")
    assert line["query"] == "writeKey=key3&type=batch"
    assert len(json.loads(line["body"])["batch"]) == 2


def test_rudderstack_finds_the_configuration_it_waits_for(collector: Service) -> None:
    answer = collector.send("GET", "/sourceConfig/?p=cdn&writeKey=key1", headers=basic("key1"))
    source = answer.json["source"]
    # what the SDK's own validation asks for
    assert source["id"]
    assert isinstance(source["config"], dict)
    assert source["destinations"] == []
    assert source["writeKey"] == "key1"
    assert source["enabled"] is True


def test_segment_finds_the_settings_it_waits_for(collector: Service) -> None:
    settings = collector.get("/v1/projects/key1/settings").json
    segment = settings["integrations"]["Segment.io"]
    assert segment == {"apiKey": "key1", "apiHost": f"{collector.host}:{collector.port}/v1"}


def posthog_batch(name: str) -> dict[str, Any]:
    event = {"uuid": name, "event": "$pageview", "distinct_id": PHONE}
    return {"api_key": "phc_1", "batch": [event]}


@pytest.mark.parametrize(
    ("name", "path", "wrap", "headers"),
    [
        ("plain", "/e/?ip=1", lambda text: text, {"Content-Type": "text/plain"}),
        ("gzip-js", "/e/?compression=gzip-js", gzip.compress, {"Content-Type": "text/plain"}),
        ("gzip", "/batch/", gzip.compress, {"Content-Encoding": "gzip"}),
        (
            "unload",
            "/e/?compression=base64",
            lambda text: f"data={quote(base64.b64encode(text), safe='')}".encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ],
)
def test_posthog_lands_however_it_is_packed(
    collector: Service, name: str, path: str, wrap: Any, headers: dict[str, str]
) -> None:
    body = wrap(json.dumps(posthog_batch(f"posthog-{name}")).encode())
    answer = collector.send("POST", path, body, headers)
    assert answer.json == {"status": 1}
    line = collector.line("posthog", f'posthog-{name}\\"')
    assert line["query"] == "token=phc_1"
    (event,) = json.loads(line["body"])["batch"]
    assert event["distinct_id"].startswith("phone.k1.")


@pytest.mark.parametrize("path", ["/decide/?v=3", "/flags/?v=2", "/array/phc_1/config"])
def test_posthog_finds_no_flags_and_goes_on(collector: Service, path: str) -> None:
    method = "GET" if path.startswith("/array") else "POST"
    answer = collector.send(method, path, "" if method == "GET" else "{}")
    assert answer.status == 200
    assert answer.json["featureFlags"] == {}
    assert answer.json["sessionRecording"] is False
    # an SDK that is not told so sends no clicks
    assert answer.json["autocapture_opt_out"] is False


def test_a_browser_may_ask_before_it_sends(collector: Service) -> None:
    asked = {
        "Origin": "https://shop.example.cn",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,anonymousid",
    }
    answer = collector.send("OPTIONS", "/v1/track", headers=asked)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.cn"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "authorization" in answer.headers["access-control-allow-headers"]
