"""Limits, consent, settings: what the collector does not take, and how it says so."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.collector.app import Collector
from ingestion.collector.limits import Buckets
from ingestion.collector.metrics import Metrics
from ingestion.collector.privacy import truncated
from ingestion.collector.settings import Rate, SettingsError, read_settings
from ingestion.warehouse import Warehouse
from tests.collector.service import Service, running
from tests.ingestion.wire import command, sensors_event

LIMITED: dict[str, Any] = {
    "limits": {
        "body_bytes": 20_000,
        "unzipped_bytes": 100_000,
        "per_ip": {"per_second": 0.001, "burst": 3},
        "per_key": {"per_second": 0.001, "burst": 2},
    },
    "consent": {"properties": {"properties.consent": "denied"}},
    "truncate_ip": True,
    "origins": ["https://shop.example.cn"],
}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("limited") / "warehouse", LIMITED) as service:
        yield service


def track(name: str, **properties: Any) -> str:
    return json.dumps(sensors_event(1, distinct_id=name, properties=properties))


def test_each_address_may_send_so_much(limited: Service) -> None:
    answers = [limited.post("/sa", track("ip"), X_Forwarded_For="10.0.0.1") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 1
    assert len(limited.lines("sensors", '\\"ip\\"')) == 3
    assert limited.post("/sa", track("other"), X_Forwarded_For="10.0.0.2").status == 200
    series = 'requests_total{outcome="rate_limited_ip",protocol="sensors"}'
    assert limited.metric(series) == 1


def test_each_project_may_send_so_much(limited: Service) -> None:
    statuses = [
        limited.post("/sa?project=p1", track("key"), X_Forwarded_For=f"10.0.1.{n}").status
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert len(limited.lines("sensors", '\\"key\\"')) == 2


def test_a_body_over_the_limit_is_refused(limited: Service) -> None:
    big = track("big", text="x" * 20_000)
    assert limited.post("/sa", big, X_Forwarded_For="10.0.2.1").status == 413
    # without a length to look at first
    connection = limited.connect()
    connection.request("POST", "/sa", iter([big.encode()]), {"X-Forwarded-For": "10.0.2.2"})
    assert connection.getresponse().status == 413
    assert not limited.lines("sensors", "big")


@pytest.mark.parametrize(
    ("path", "headers", "address"),
    [
        ("/v1/batch", {"Content-Encoding": "gzip"}, "10.0.3.1"),
        ("/e/?compression=gzip-js", {}, "10.0.3.2"),
    ],
)
def test_a_gzip_bomb_is_not_unfolded(
    limited: Service, path: str, headers: dict[str, str], address: str
) -> None:
    bomb = gzip.compress(b" " * 15_000_000 + b"{}")
    assert len(bomb) < 20_000
    headers = {**headers, "X-Forwarded-For": address}
    assert limited.send("POST", path, bomb, headers).status == 413
    # what fits passes on the same way
    fine = gzip.compress(json.dumps({"batch": []}).encode())
    assert limited.send("POST", path, fine, headers).status == 200


def test_a_broken_encoding_is_refused(limited: Service) -> None:
    headers = {"Content-Encoding": "gzip", "X-Forwarded-For": "10.0.3.9"}
    assert limited.send("POST", "/v1/track", b"no gzip", headers).status == 400


@pytest.mark.parametrize(
    ("path", "headers", "by"),
    [
        ("/sa", {"Sec-GPC": "1"}, "header sec-gpc"),
        ("/sa", {"DNT": "1"}, "header dnt"),
        ("/sa", {"Cookie": "a=b; consent=denied"}, "cookie consent"),
        ("/sa?consent=Denied", {}, "query consent"),
    ],
)
def test_who_refuses_is_answered_and_only_counted(
    collector: Service, path: str, headers: dict[str, str], by: str
) -> None:
    before = collector.metric(f'denied_total{{by="{by}"}}')
    assert collector.send("POST", path, track("refuses"), headers).status == 200
    assert not collector.lines("sensors", "refuses")
    assert collector.metric(f'denied_total{{by="{by}"}}') == before + 1
    # who says nothing, or yes, is taken
    assert collector.send("POST", "/sa", track(by), {"DNT": "0"}).status == 200
    assert collector.lines("sensors", f'\\"{by}\\"')


def test_an_event_that_refuses_is_left_out_of_its_batch(limited: Service) -> None:
    answers = ["denied", "granted", "denied"]
    events = [
        sensors_event(n, distinct_id=f"batch_{answer}", properties={"consent": answer})
        for n, answer in enumerate(answers)
    ]
    assert limited.post("/sa", json.dumps(events), X_Forwarded_For="10.0.4.1").status == 200
    (event,) = json.loads(limited.line("sensors", "batch_granted")["body"])
    assert event["distinct_id"] == "batch_granted"
    assert not limited.lines("sensors", "batch_denied")
    assert limited.metric('denied_total{by="property"}') == 2


def test_a_short_link_of_one_who_refuses_leads_on_without_an_id(collector: Service) -> None:
    before = len(collector.lines("short_links"))
    answer = collector.get("/s/sale", Sec_GPC="1")
    assert answer.headers["location"] == "https://shop.example.cn/sale?from=sms#top"
    assert len(collector.lines("short_links")) == before


def test_only_the_network_of_an_address_is_kept_where_that_is_set(limited: Service) -> None:
    limited.post("/sa", track("network"), X_Forwarded_For="10.9.8.7")
    assert limited.line("sensors", "network")["ip"] == "10.9.8.0"
    assert truncated("2001:db8:1:2::3") == "2001:db8:1::"
    assert truncated("unknown") == ""


def test_only_declared_origins_may_read_answers(limited: Service) -> None:
    mine = limited.get("/health", Origin="https://shop.example.cn")
    other = limited.get("/health", Origin="https://elsewhere.example")
    assert mine.headers["access-control-allow-origin"] == "https://shop.example.cn"
    assert "access-control-allow-origin" not in other.headers


def test_health_and_greeting_say_where_things_go(limited: Service) -> None:
    assert limited.get("/health").json == {"failures": {}, "queue_bytes": 0}
    greeting = "\n".join(limited.greeting)
    assert str(limited.warehouse.landing) in greeting
    assert "python -m ingestion load" in greeting


def test_a_bucket_fills_again_with_time() -> None:
    now = [0.0]
    buckets = Buckets(Rate(2.0, 2.0), lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0.5]
    assert buckets.wait("b") == 0
    now[0] = 0.5
    assert [buckets.wait("a") for _ in range(2)] == [0, 0.5]
    now[0] = 60
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0.5]
    assert Buckets(Rate()).wait("anyone") == 0


def test_the_counts_of_all_workers_are_added(tmp_path: Path) -> None:
    ours = Metrics(tmp_path)
    ours.add("records_total", 2, source="sensors")
    ours.observe_fsync(0.002)
    ours.publish(7)
    theirs = (tmp_path / "1.json").write_bytes(next(tmp_path.glob("*.json")).read_bytes())
    assert theirs
    text = ours.render()
    assert 'omnitouch_collector_records_total{source="sensors"} 4' in text
    assert "omnitouch_collector_queue_bytes 14" in text
    buckets = [line for line in text.splitlines() if "fsync_seconds_bucket" in line]
    assert buckets[0].endswith('le="0.0005"} 0')
    assert buckets[2].endswith('le="0.0025"} 2')
    assert buckets[-1].endswith('le="+Inf"} 2')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot: 1", "unknown setting 'prot'"),
        ("port: eighty", "port: 'eighty'"),
        ("journal: {fsync: sometimes}", "'sometimes' is not group, os or a time"),
        ("limits: {unzipped_bytes: 100000000}", "unzipped_bytes must be at most"),
        ("workers: 0", "workers must be more than 0"),
        ("wechat: ['../x']", "letters, digits"),
        ("- a", "is no mapping"),
        ("a: [", "no YAML"),
        ("wechat: [gh_9]", "COLLECTOR__WECHAT__GH_9__TOKEN"),
        ("short_links: none.csv", "none.csv: cannot be read"),
    ],
)
def test_settings_that_cannot_be_followed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    (tmp_path / "collector.yml").write_text(text)
    monkeypatch.delenv("OMNITOUCH_COLLECTOR", raising=False)
    with pytest.raises(SettingsError, match=message):
        Collector(warehouse, read_settings(warehouse), Metrics())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,target\na,ftp://x", "link 1: the target is no http address"),
        ("code,target\na,https://x\na,https://y", "link 2: code 'a' is used twice"),
        ("code,target\n,https://x", "link 1: code is missing"),
        ("code,target,colour\na,https://x,red", "unknown column 'colour'"),
        ("code,target,phone\na,https://x,138****8000", "no whole phone"),
    ],
)
def test_a_table_of_links_that_cannot_be_followed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    (tmp_path / "collector.yml").write_text("short_links: links.csv")
    (tmp_path / "links.csv").write_text(text)
    monkeypatch.delenv("OMNITOUCH_COLLECTOR", raising=False)
    with pytest.raises(SettingsError, match=message):
        Collector(warehouse, read_settings(warehouse), Metrics())


def test_a_port_that_there_is_not_is_refused_in_one_sentence(warehouse: Warehouse) -> None:
    ran = command(warehouse, "collect", "--port", 65_536)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "error: there is no port 65536: take one up to 65535\n"
