"""Sensors Analytics 神策: the requests its SDKs make, byte for byte."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from ingestion.collector.protocols.sensors import java_hash
from tests.collector.service import IMEI, PHONE, Service
from tests.ingestion.wire import sensors_event


def packed(value: object, zipped: bool = False) -> str:
    text = json.dumps(value, ensure_ascii=False).encode()
    return base64.b64encode(gzip.compress(text) if zipped else text).decode()


def test_a_beacon_lands_as_its_json_and_keeps_the_project(collector: Service) -> None:
    data = packed(sensors_event(1, distinct_id="beacon"))
    checksum = java_hash(data.encode())
    answer = collector.post(
        "/sa.gif?project=production",
        f"data={quote(data, safe='')}&ext=crc%3D{checksum}",
        Content_Type="text/plain;charset=UTF-8",
        Origin="https://shop.example.cn",
    )
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.cn"
    assert answer.headers["access-control-allow-credentials"] == "true"
    line = collector.line("sensors", "beacon")
    assert json.loads(line["body"]) == sensors_event(1, distinct_id="beacon")
    assert (line["path"], line["query"], line["ip"]) == (
        "/sa.gif",
        "project=production",
        "127.0.0.1",
    )
    assert "flaw" not in line


def test_an_apps_zipped_batch_lands(collector: Service) -> None:
    events = [sensors_event(n, distinct_id="app_batch") for n in range(3)]
    data = packed(events, zipped=True)
    body = f"gzip=1&crc={java_hash(data.encode())}&data_list={quote(data, safe='')}"
    assert collector.post("/sa?project=production", body).status == 200
    line = collector.line("sensors", "app_batch")
    assert json.loads(line["body"]) == events
    assert "flaw" not in line


def test_an_image_request_lands_and_is_answered_with_a_pixel(collector: Service) -> None:
    data = packed(sensors_event(1, distinct_id="image"))
    query = f"data={quote(data, safe='')}&ext=crc%3D{java_hash(data.encode())}&project=default"
    answer = collector.get(f"/sa.gif?{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    line = collector.line("sensors", "image")
    assert line["query"] == "project=default"
    assert "flaw" not in line


def test_a_wrong_checksum_is_marked_and_nothing_is_dropped(collector: Service) -> None:
    data = packed(sensors_event(1, distinct_id="tampered"))
    assert collector.post("/sa", f"data={quote(data, safe='')}&ext=crc%3D12345").status == 200
    line = collector.line("sensors", "tampered")
    assert "checksum" in line["flaw"]["reason"]
    assert json.loads(line["body"])["distinct_id"] == "tampered"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("data=%7Bnot base64", "base64"),
        ("nothing=here", "no event"),
        (f"data={base64.b64encode(b'{cut').decode()}", "JSON"),
        (
            f"data_list={quote(base64.b64encode(gzip.compress(b'[]' * 99, mtime=0)[:-9]))}",
            "cut short",
        ),
        ('{"deep":' * 5000, "JSON"),
        ("[" * 900 + '"a@example.cn"' + "]" * 900, "unexpected shape"),
    ],
)
def test_what_cannot_be_read_is_kept_for_the_quarantine(
    collector: Service, body: str, reason: str
) -> None:
    before = len(collector.lines("sensors", '"flaw"'))
    assert collector.post("/sa", body).status == 200
    lines = collector.lines("sensors", '"flaw"')
    assert len(lines) == before + 1
    assert reason in lines[-1]["flaw"]["reason"]


def test_no_phone_and_no_imei_reaches_the_disk(collector: Service) -> None:
    event = sensors_event(1, distinct_id="private", identities={"$identity_mobile": PHONE})
    event["properties"] = {"imei": IMEI, "tel": int(PHONE), "contact": "a@example.cn"}
    data = packed(event)
    collector.post("/sa", f"data={quote(data, safe='')}")
    cut = quote(data[:-30], safe="")
    collector.post("/sa", f"data={cut}")
    lines = json.dumps(collector.lines("sensors"))
    assert "private" in lines
    for secret in (PHONE, IMEI, "a@example.cn", data[:60]):
        assert secret not in lines
    # the scan does see what is there
    assert "phone.k1." in lines
    assert "imei.k1." in lines


def test_real_requests_land_whole(collector: Service, shared_data: Path) -> None:
    sent = 0
    for text in (shared_data / "sensors" / "sensors-web-ua.json").read_text().splitlines():
        line = json.loads(text)
        query = dict(parse_qsl(urlsplit(line["uri"]).query))
        answer = collector.post(f"/sa?project={query['appId']}", line["data"])
        assert answer.status == 200
        sent += 1
    landed = collector.lines("sensors", "project=shopping")
    assert len(landed) == sent > 3
    assert not [line for line in landed if "flaw" in line]
    assert {type(json.loads(line["body"])["time"]) for line in landed} == {int}
