"""Ad clicks, SMS reports, mail events and short links, as platforms and people call them."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

from ingestion.collector.protocols.short_links import with_parameter
from tests.collector.conftest import BAIDU_AKEY, MAIL_KEY
from tests.collector.service import PHONE, Service
from tests.ingestion.wire import PSEUDONYMISER

MD5 = hashlib.md5(b"490154203237518").hexdigest()
NO_DEVICE = hashlib.md5(b"").hexdigest()


def baidu_signed(collector: Service, query: str, akey: str = BAIDU_AKEY) -> str:
    address = f"http://{collector.host}:{collector.port}/c/baidu?{query}"
    return f"/c/baidu?{query}&sign={hashlib.md5(f'{address}{akey}'.encode()).hexdigest()}"


@pytest.mark.parametrize("platform", ["ocean", "tencent", "xiaohongshu"])
def test_a_click_lands_with_its_device_hash_pseudonymised(
    collector: Service, platform: str
) -> None:
    name = "muid" if platform == "tencent" else "imei"
    click = {name: MD5, "mac": NO_DEVICE, "callback": f"B.{platform}", "oaid": "a-1"}
    click |= {"click_id": "C1", "idfa": "__IDFA__", "device_os_type": "android"}
    answer = collector.get(f"/c/{platform}?{urlencode(click)}")
    assert answer.status == 200
    assert {answer.json["code"], answer.json["ret"]} == {0}
    line = collector.line(f"{platform}_clicks", f"B.{platform}")
    landed = dict(parse_qsl(line["query"]))
    assert landed[name] == PSEUDONYMISER.vendor_hash("imei_md5", MD5)
    # what names no device stays for the source to drop: a token of it would name one
    assert landed == click | {name: landed[name]}
    assert line["path"] == f"/c/{platform}"


def test_ids_of_ads_and_what_nobody_can_guess_land_as_they_came(collector: Service) -> None:
    idfa_md5 = hashlib.md5(b"6D92078A-8246-4BA4-AE5B-76104861E7DC").hexdigest()
    click = {"click_id": "on-ios", "device_os_type": "ios", "muid": idfa_md5}
    click |= {"adgroup_id": PHONE, "remark": PHONE}
    collector.get(f"/c/tencent?{urlencode(click)}")
    landed = dict(parse_qsl(collector.line("tencent_clicks", "on-ios")["query"]))
    assert landed == click | {"remark": PSEUDONYMISER.phone(PHONE)}


def test_baidus_signature_is_checked(collector: Service) -> None:
    query = urlencode({"userid": "51", "click_id": "signed", "imei_md5": MD5, "os": "__OS__"})
    assert collector.get(baidu_signed(collector, query)).status == 200
    assert collector.get(baidu_signed(collector, query, "another key")).status == 403
    assert collector.get(f"/c/baidu?{query}").status == 403
    assert MD5 not in collector.line("baidu_clicks", "click_id=signed")["query"]


def test_aliyun_reads_that_its_reports_arrived(collector: Service) -> None:
    report = {"phone_number": PHONE, "biz_id": "sms-1", "send_time": "2026-07-03 10:00:00"}
    answer = collector.post("/sms/report", json.dumps([report]))
    assert answer.json == {"code": 0, "msg": "成功"}
    (landed,) = json.loads(collector.line("sms_reports", "sms-1")["body"])
    assert landed["phone_number"] == PSEUDONYMISER.phone(PHONE)


def test_a_reply_by_sms_lands_apart(collector: Service) -> None:
    reply = {"phone_number": PHONE, "content": f"退订 {PHONE}", "sequence_id": "up-1"}
    assert collector.post("/sms/up", json.dumps([reply])).json["code"] == 0
    line = collector.line("sms_replies", "up-1")
    assert PHONE not in line["body"]


def mail_headers(body: bytes, timestamp: str = "1783051506") -> dict[str, str]:
    sign = MAIL_KEY.sign(timestamp.encode() + body, ECDSA(hashes.SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(sign).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }


def test_sendgrid_is_believed_by_its_signature(collector: Service) -> None:
    token = PSEUDONYMISER.secret("email", "li@example.cn")
    told = {"email": token, "sg_event_id": "mail-1b", "_email_domain": "acme.cn"}
    body = json.dumps([{"email": "Li@example.cn", "sg_event_id": "mail-1"}, told]).encode()
    forged = body.replace(b"mail-1", b"mail-2")
    assert collector.send("POST", "/email/sendgrid", body, mail_headers(body)).status == 200
    assert collector.send("POST", "/email/sendgrid", forged, mail_headers(body)).status == 403
    assert collector.send("POST", "/email/sendgrid", body).status == 403
    event, other = json.loads(collector.line("email_events", "mail-")["body"])
    assert event["email"] == other["email"] == token
    assert event["_email_domain"] == "example.cn"
    # a domain is what was seen of an address, not what somebody says
    assert "_email_domain" not in other


def test_a_short_link_leads_on_and_leaves_a_click(collector: Service) -> None:
    answer = collector.get("/s/mine")
    assert answer.status == 302
    assert "no-store" in answer.headers["cache-control"]
    target, _, click_id = answer.headers["location"].partition("?omni_click_id=")
    assert target == "https://shop.example.cn/me"
    click = json.loads(collector.line("short_links", click_id)["body"])
    assert click == {
        "click_id": click_id,
        "visitor": "person",
        "code": "mine",
        "target": target,
        "channel": "sms",
        "campaign": "summer",
        "message_id": "batch-1",
        "member_id": "M7",
        "phone": PSEUDONYMISER.phone(PHONE),
    }


@pytest.mark.parametrize(
    ("method", "headers", "visitor"),
    [
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}, "bot"),
        ("GET", {"User-Agent": ""}, "bot"),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ("GET", {"Purpose": "prefetch"}, "prefetch"),
        ("HEAD", {}, "prefetch"),
    ],
)
def test_who_only_looks_ahead_gets_no_click_id(
    collector: Service, method: str, headers: dict[str, str], visitor: str
) -> None:
    before = len(collector.lines("short_links"))
    answer = collector.send(method, "/s/sale", headers=headers)
    assert answer.status == 302
    assert answer.headers["location"] == "https://shop.example.cn/sale?from=sms#top"
    (line,) = collector.lines("short_links")[before:]
    assert json.loads(line["body"])["visitor"] == visitor


def test_an_unknown_short_link_is_not_found(collector: Service) -> None:
    assert collector.get("/s/nothing").status == 404


def test_the_table_of_links_is_read_again_when_it_changes(collector: Service) -> None:
    table = collector.warehouse.root.with_name("short_links.csv")
    known = table.read_text()
    assert collector.get("/s/fresh").status == 404
    table.write_text(known + "fresh,https://shop.example.cn/new,,,,,\n")
    assert collector.get("/s/fresh").status == 302
    # a broken one leaves the links as they were
    table.write_text(known + "fresh,no address,,,,,\n")
    assert collector.get("/s/fresh").status == 302
    table.write_text(known)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.cn", "https://a.cn?id=1"),
        ("https://a.cn/?b=%E5%A4%8F#c?d", "https://a.cn/?b=%E5%A4%8F&id=1#c?d"),
    ],
)
def test_a_parameter_joins_a_url_and_changes_nothing_else(url: str, expected: str) -> None:
    assert with_parameter(url, "id", "1") == expected
