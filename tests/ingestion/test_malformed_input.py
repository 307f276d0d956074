"""Whatever is wrong with a row, it is quarantined with its reason, and no good row goes with it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ingestion.records import BadRecord, Record
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

DEEP = '{"a":' * 900 + "1" + "}" * 900
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><ToUserName>&b;</xml>'
YEAR_2099 = 4070908800


def packed(text: bytes, field: str = "data") -> wire.Line:
    return wire.gateway(path="/sa.gif", body=f"{field}={quote(base64.b64encode(text), safe='')}")


# source, what is wrong, the bad line, what its reason says
BAD_LINES: list[tuple[str, str, Any, str]] = [
    *((source, "no JSON", '{"received_at": "2026', "no JSON") for source in wire.GOOD_LINES
      if source != "pos_receipts"),
    *((source, "no object", "[1, 2]", "not an object") for source in wire.GOOD_LINES
      if source != "pos_receipts"),
    *((source, "not UTF-8", "{\"body\": \"花间\"}".encode("gb18030"), "no JSON")
      for source in wire.GOOD_LINES if source != "pos_receipts"),
    *((source, "a NUL byte", b'{"body": "\0"}', "no JSON") for source in wire.GOOD_LINES
      if source != "pos_receipts"),
    *((source, "a lone surrogate", r'{"body": "\ud83d"}', "no JSON") for source in wire.GOOD_LINES
      if source != "pos_receipts"),
    *((source, "too deep", '{"a":' * 3000 + "1" + "}" * 3000, "no JSON")
      for source in wire.GOOD_LINES if source != "pos_receipts"),
    ("sensors", "no base64", wire.gateway(body="data=!!!"), "no base64"),
    ("sensors", "cut base64", wire.gateway(body="data=eyJ0eXBlIjoi"), "no JSON"),
    ("sensors", "cut gzip", packed(gzip.compress(b"[]" * 99, mtime=0)[:-9], "data_list"), "cut short"),
    ("sensors", "no gzip", packed(b"\x1f\x8bnothing", "data_list"), "no whole gzip"),
    ("sensors", "no event", wire.gateway(body="hello=1"), "holds no event"),
    ("sensors", "year 2099", wire.sensors(wire.sensors_event(time=YEAR_2099 * 1000)), "2099"),
    ("sensors", "year 1970", wire.sensors(wire.sensors_event(time=1)), "before 1990"),
    ("sensors", "no time", wire.sensors(wire.sensors_event(time=None)), "the time is missing"),
    ("sensors", "no type", wire.sensors(wire.sensors_event(type="")), "type is missing"),
    ("sensors", "deep and personal", packed(DEEP.replace("1", '"13912345678"').encode()),
     "unexpected shape (RecursionError)"),
    ("sensors", "a number", packed(b"17"), "not an object"),
    ("sensors", "received when?", wire.gateway(received_at="soon"), "is not a time"),
    ("sensors", "a body of numbers", wire.gateway(body=[1]), "not text"),
    ("sensors", "no base64 body", wire.gateway(body="%", body_encoding="base64"), "no base64"),
    ("sensors", "seen broken by the collector", wire.gateway(
        flaw={"reason": "the checksum is another", "remedy": "Look at proxies."}), "checksum"),
    ("snowplow", "no list", wire.gateway(body='{"data": {}}'), "data is dict, not a list"),
    ("snowplow", "no id", wire.snowplow(wire.snowplow_event(eid="")), "eid is missing"),
    ("snowplow", "no time", wire.snowplow(wire.snowplow_event(dtm=None)), "dtm is missing"),
    ("snowplow", "seconds", wire.snowplow(wire.snowplow_event(dtm="1783051506")), "before 1990"),
    ("snowplow", "a cut context", wire.snowplow(wire.snowplow_event(cx="e")), "cx is no base64"),
    ("snowplow", "no context", wire.snowplow(wire.snowplow_event(co="…")), "no JSON"),
    ("segment", "no id", wire.segment(wire.segment_call(messageId=None)), "messageId is missing"),
    ("segment", "no time", wire.segment(wire.segment_call(originalTimestamp="soon")), "not a time"),
    ("segment", "no list", wire.gateway(body='{"batch": 1}'), "batch is int, not a list"),
    ("posthog", "nobody", wire.posthog(wire.posthog_event(distinct_id="")),
     "distinct_id is missing"),
    ("posthog", "no name", wire.posthog(wire.posthog_event(event="")), "event is missing"),
    ("posthog", "year 2099", wire.posthog(wire.posthog_event(timestamp="2099-01-01T00:00:00Z")),
     "2099"),
    ("short_links", "no id", wire.short_links(click_id=""), "click_id is missing"),
    ("wechat_oa", "no XML", wire.gateway(body="<xml><a>"), "no XML"),
    ("wechat_oa", "an entity bomb", wire.gateway(body=BOMB), "declares entities"),
    ("wechat_oa", "a bomb in UTF-16", wire.gateway(
        body=base64.b64encode(BOMB.encode("utf-16")).decode(), body_encoding="base64"),
     "no UTF-8"),
    ("wechat_oa", "still encrypted", wire.gateway(body="<xml><Encrypt>x</Encrypt></xml>"),
     "encrypted"),
    ("wechat_oa", "no time", wire.wechat_oa(1, CreateTime=""), "CreateTime is missing"),
    ("wechat_oa", "no number", wire.wechat_oa(1, CreateTime="now"), "no number"),
    ("wecom_callbacks", "still encrypted", wire.gateway(body="<xml><Encrypt>x</Encrypt></xml>"),
     "encrypted"),
    ("wecom_callbacks", "no time", wire.wecom_callbacks(1, CreateTime=""), "CreateTime is missing"),
    ("wecom_contacts", "an error", wire.pull({"corpid": "ww1"}, {"errcode": 42001}), "42001"),
    ("wecom_contacts", "whose?", wire.pull({}, {
        "errcode": 0, "external_contact": {}, "follow_user": [{"createtime": wire.MOMENT}]}),
     "account is missing"),
    ("wecom_contacts", "no time", wire.wecom_contacts(1, createtime=None), "createtime is missing"),
    ("wecom_chats", "an error", wire.pull({"corpid": "ww1"}, {"errcode": 10001}), "10001"),
    ("wecom_chats", "still encrypted", wire.wecom_chats({"seq": 1, "encrypt_chat_msg": "x"}),
     "encrypted"),
    ("wecom_chats", "no time", wire.wecom_chats(wire.chat_message(1, msgtime="")),
     "msgtime is missing"),
    ("doudian_orders", "an error", wire.pull({}, {"code": 30001, "sub_code": "isv.busy"}),
     "isv.busy"),
    ("doudian_orders", "no lines", wire.doudian_orders(wire.doudian_order(1, sku_order_list=None)),
     "not a list"),
    ("doudian_orders", "milliseconds", wire.doudian_orders(
        wire.doudian_order(1, update_time=wire.MOMENT * 1000)), "48 hours in the future"),
    ("doudian_aftersales", "an error", wire.pull({}, {"code": 20000}), "20000"),
    ("doudian_aftersales", "of what?", wire.pull({}, {"code": 10000, "data": {"items": [
        {"aftersale_info": {"aftersale_id": "a"}, "order_info": {}}]}}),
     "shop_order_id is missing"),
    ("jd_orders", "an error", wire.pull({}, {"error_response": {"code": "19"}}), "(19)"),
    ("jd_orders", "another error", wire.pull({}, {"jingdong_pop_order_search_responce": {
        "searchorderinfo_result": {"apiResult": {"success": False, "errorCode": "10100023"}}}}),
     "10100023"),
    ("jd_orders", "no time", wire.jd_orders(wire.jd_order(1, modified="")), "modified is missing"),
    ("youzan_trades", "an error", wire.pull({}, {"code": 106000001, "data": {}}), "106000001"),
    ("youzan_trades", "no time", wire.youzan_trades(wire.youzan_trade(1, update_time=None)),
     "update_time is missing"),
    ("wechat_users", "an error", wire.pull({"appid": "wx1"}, {"errcode": 40001}), "not a list"),
    ("wechat_users", "no account", wire.pull({}, {"user_info_list": []}), "account is missing"),
    ("wechat_users", "no openid", wire.wechat_users(1, openid=None), "openid is missing"),
    ("taobao_trades", "an error", wire.pull({}, {"error_response": {"code": 7}}), "an error"),
    ("taobao_trades", "no trade", wire.taobao_trades("trade"), "not an object"),
    ("taobao_trades", "no time", wire.taobao_trades(wire.trade(created="")), "created is missing"),
    ("taobao_trades", "odd pages", wire.pull({}, {"trades_sold_increment_get_response":
                                                  {"trades": [1]}}), "unexpected shape"),
    ("ocean_reports", "an error", wire.pull({}, {"code": 40100, "message": "slow"}), "code 40100"),
    ("ocean_reports", "no day", wire.ocean_reports(1, stat_time_day="yesterday"), "not a time"),
    ("ocean_reports", "odd rows", wire.pull(
        {"advertiser_id": 1}, {"code": 0, "data": {"rows": [3]}}), "not an object"),
    ("ocean_clicks", "no time", wire.ocean_clicks(1, ts="__TS__"), "ts is missing"),
    ("ocean_clicks", "no id", wire.ocean_clicks(1, track_id="__TRACK_ID__"),
     "request_id is missing"),
    ("ocean_clicks", "year 2099", wire.ocean_clicks(1, ts=f"{YEAR_2099}000"), "2099"),
    ("sms_reports", "no list", wire.gateway(body="{}"), "not a list"),
    ("sms_reports", "masked", wire.sms_reports(1, phone_number="138****0000"), "is no phone"),
    ("sms_reports", "no time", wire.sms_reports(1, send_time="2026-13-01 00:00:00"), "not a time"),
    ("sms_replies", "no list", wire.gateway(body="{}"), "not a list"),
    ("sms_replies", "masked", wire.sms_replies(1, phone_number="138****0000"), "is no phone"),
    ("sms_replies", "no time", wire.sms_replies(1, send_time="noon"), "not a time"),
    ("email_events", "no list", wire.gateway(body="{}"), "not a list"),
    ("email_events", "no id", wire.email_events(wire.email_event(1, sg_event_id=None)),
     "sg_event_id is missing"),
    ("email_events", "milliseconds", wire.email_events(
        wire.email_event(1, timestamp=YEAR_2099 * 1000)), "in the future"),
    ("email_events", "no address", wire.email_events(wire.email_event(1, email="")),
     "email is missing"),
    ("call_records", "an error", wire.pull({}, {"error": {"code": 401}}), "not a list"),
    ("call_records", "a fax", wire.call_records(1, type="传真"), "neither 呼入 nor 呼出"),
    ("call_records", "no time", wire.call_records(1, created_at="10:30"), "not a time"),
    ("chat_sessions", "no list", wire.pull({}, {"data": "{}"}), "not a list"),
    ("chat_sessions", "a cut text", wire.pull({}, {"data": "[{"}), "no JSON"),
    ("chat_sessions", "no visitor", wire.chat_sessions(1, visitorStaticId=""),
     "visitorStaticId is missing"),
    ("chat_sessions", "seconds", wire.chat_sessions(1, createTime=wire.MOMENT), "before 1990"),
    ("fxiaoke_crm", "an error", wire.pull({}, {"errorCode": 20016}), "answered an error (20016)"),
    ("fxiaoke_crm", "another object", wire.fxiaoke_crm(1, "StockObj"), "'StockObj' is none"),
    ("fxiaoke_crm", "no id", wire.fxiaoke_crm(1, _id=None), "_id is missing"),
    ("fxiaoke_crm", "no version", wire.fxiaoke_crm(1, last_modified_time=""),
     "last_modified_time is missing"),
    ("marketing_automation", "no variant", wire.marketing_automation(
        1, event="experiment_exposure", experiment_id="X1"), "lacks variant"),
    ("marketing_automation", "no name", wire.marketing_automation(1, event="party"),
     "event is none of journey_step"),
    ("marketing_automation", "nobody", wire.marketing_automation(1, member_id=None),
     "needs one of member_id, phone"),
    ("registration_forms", "no entry", wire.registration_forms(1, entry_id=""), "lacks entry_id"),
    ("registration_forms", "a typo", wire.registration_forms(1, citi="长沙"),
     "does not know: citi"),
    ("guide_scans", "no guide", wire.guide_scans(1, staff_id=None), "lacks staff_id"),
    ("guide_scans", "an open id of no account", wire.guide_scans(1, wechat_open_id="o1"),
     "lacks wechat_app_id"),
    ("loyalty", "negative", wire.loyalty(1, points=-1), "points breaks the rule minimum 0"),
    ("loyalty", "half a point", wire.loyalty(1, points=1.5), "points is no integer"),
    ("loyalty", "a reversal of nothing", wire.loyalty(1, event="points_reverse"),
     "lacks reversed_flow_id"),
    ("loyalty", "no time", wire.loyalty(1, occurred_at="2026-02-30 10:00:00"), "is no time"),
    ("loyalty", "year 2099", wire.loyalty(1, occurred_at="2099-01-01 10:00:00"), "in the future"),
    ("partner_feeds", "no legal basis", wire.partner_feeds(1, legal_basis=None),
     "lacks legal_basis"),
    ("partner_feeds", "a basis that is none", wire.partner_feeds(1, legal_basis="interest"),
     "legal_basis is none of consent"),
    ("partner_feeds", "consent without proof", wire.partner_feeds(1, consent_reference=""),
     "lacks consent_reference"),
    ("partner_feeds", "no end", wire.partner_feeds(1, expires_at=None), "lacks expires_at"),
    ("partner_feeds", "an unknown id", wire.partner_feeds(1, id_type="gaid"),
     "'gaid' of 'dmp' is unknown"),
    ("pos_receipts", "too few fields", "S1,P1,R1", "3 fields, the header has 13"),
    ("pos_receipts", "too many fields", wire.pos_row(1) + ",,", "15 fields"),
    ("pos_receipts", "an open quote", 'S1,"P1,R1', "quote"),
    ("pos_receipts", "GBK", wire.pos_row(1, cashier="花间").encode("gbk"), "no utf-8 text"),
    ("pos_receipts", "a NUL byte", wire.pos_row(1, cashier="\0"), "NUL"),
    ("pos_receipts", "negative", wire.pos_row(1, amount="-9.90"), "wrong sign"),
    ("pos_receipts", "no number", wire.pos_row(1, amount="nan"), "no number"),
    ("pos_receipts", "no kind", wire.pos_row(1, type="GIFT"), "unknown"),
    ("pos_receipts", "no time", wire.pos_row(1, at="noon"), "not a time"),
    ("pos_receipts", "no store", wire.pos_row(1, store=""), "store_id is missing"),
    ("pos_receipts", "year 2099", wire.pos_row(1, at="2099-06-01 00:00:00"), "2099"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "bad", "reason"),
    [pytest.param(source, bad, reason, id=f"{source}: {what}")
     for source, what, bad, reason in BAD_LINES],
)  # fmt: skip
def test_a_bad_line_is_named_and_its_neighbours_land(source: str, bad: Any, reason: str) -> None:
    good = wire.GOOD_LINES[source]
    results = wire.read(source, wire.text_of(source, [good(8), bad, good(9)]))
    assert [type(result) for result in results] == [Record, BadRecord, Record]
    quarantined = results[1]
    assert isinstance(quarantined, BadRecord)
    assert reason in quarantined.reason
    assert quarantined.remedy.endswith(".")
    assert quarantined.position == f"line {2 + (source == 'pos_receipts')}"


def test_every_kind_of_bad_line_is_accounted_for_in_the_warehouse(warehouse: Warehouse) -> None:
    for source, good in wire.GOOD_LINES.items():
        lines: list[Any] = [good(1000)]
        for at, (bad_source, _, bad, _) in enumerate(BAD_LINES):
            if bad_source == source:
                lines += [bad, good(at)]
        wire.deliver(warehouse, source, lines)
    outcome = wire.load(warehouse)
    assert outcome.rows_quarantined == len(BAD_LINES)
    assert outcome.rows_landed == len(BAD_LINES) + len(wire.GOOD_LINES)
    assert outcome.refused == []
    rows = wire.quarantine(warehouse)
    assert len(rows) == len(BAD_LINES)
    assert all(cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("sensors", wire.sensors(wire.sensors_event(1), "odd", wire.sensors_event(2))),
        ("sensors", wire.sensors(
            wire.sensors_event(1), json.loads(DEEP.replace("1", '"13912345678"')),
            wire.sensors_event(2), zipped=True)),
        ("taobao_trades", wire.taobao_trades(wire.trade(1), [], wire.trade(2))),
        ("sms_reports", wire.gateway(body="[" + ",".join(
            json.loads(json.dumps(wire.sms_reports(at)))["body"][1:-1] if at != 2 else '{"a":[]}'
            for at in (1, 2, 3)) + "]")),
    ],
    ids=["sensors", "sensors, deep", "taobao_trades", "sms_reports"],
)  # fmt: skip
def test_a_bad_record_within_a_request_leaves_the_others(source: str, line: Any) -> None:
    results = wire.read(source, wire.text_of(source, [line]))
    assert [type(result) for result in results] == [Record, BadRecord, Record]


def test_a_line_of_20_mb_is_passed_over() -> None:
    good = wire.GOOD_LINES["sensors"]
    lines = [good(1), wire.gateway(body="x" * 20_000_000), good(2)]
    first, long, last = wire.read("sensors", wire.text_of("sensors", lines))
    assert isinstance(long, BadRecord)
    assert "16 MiB" in long.reason
    assert (type(first), type(last)) == (Record, Record)


def test_a_small_zip_cannot_fill_the_memory() -> None:
    bomb = packed(gzip.compress(b" " * 200_000_000), "data_list")
    (result,) = wire.read("sensors", wire.text_of("sensors", [bomb]))
    assert isinstance(result, BadRecord)
    assert "64 MiB" in result.reason


@pytest.mark.parametrize("kept", [0.25, 0.5, 0.9, 0.999])
def test_a_file_cut_on_its_way_gives_its_whole_lines(kept: float) -> None:
    lines = [wire.sensors(wire.sensors_event(at, salt=hash(str(at)))) for at in range(3000)]
    content = gzip.compress(wire.text_of("sensors", lines))
    cut = wire.read("sensors", content[: int(len(content) * kept)], "2026-07-03.jsonl.gz")
    landed = [result for result in cut if isinstance(result, Record)]
    whole = wire.read("sensors", content, "2026-07-03.jsonl.gz")
    assert landed == whole[: len(landed)]
    assert len(landed) > 3000 * (kept - 0.15)
    assert isinstance(cut[-1], BadRecord)
    assert f"after line {len(landed)}" == cut[-1].position


@pytest.mark.parametrize("junk", [b"", b"\x1f\x8b", b"plain text", b"\x00" * 100])
def test_what_is_no_gzip_at_all_is_one_bad_record(junk: bytes) -> None:
    results = wire.read("sensors", junk, "2026-07-03.jsonl.gz")
    assert len(results) == (1 if junk else 0)


@pytest.mark.parametrize(
    ("text", "landed", "bad"),
    [
        ('1,"a\n2,b\n3,c\n4,d\n', ["2", "3", "4"], 1),
        ('1,"a\n2,"b\n3,c\n', ["3"], 2),
        ('1,"a\nb"\n2,c\n', ["1", "2"], 0),
        ('1,"a ""quoted"" word"\n2,c\n', ["1", "2"], 0),
        ('1,5" disc\n2,c\n', ["1", "2"], 0),
        ('1,a"\n2,"b"c\n3,d\n', ["1", "3"], 1),
        ('1,"' + "a\n" * 300 + "2,c\n", ["2"], 300),
    ],
)
def test_a_quote_left_open_does_not_swallow_the_rows_after_it(
    tmp_path: Path, text: str, landed: list[str], bad: int
) -> None:
    manifest = wire.declare(
        tmp_path,
        """
files:
  - {name: crm, path: crm.csv, shape: profiles, columns: {customer: id, name: name}}
""",
    )
    results = wire.read_declared(manifest, f"id,name\n{text}".encode())
    assert [
        json.loads(result.payload)["identifiers"].rpartition(":")[2]
        for result in results
        if isinstance(result, Record)
    ] == landed
    assert sum(isinstance(result, BadRecord) for result in results) == bad


def test_a_till_file_without_a_date_or_a_column_is_one_bad_record() -> None:
    (result,) = wire.read("pos_receipts", wire.text_of("pos_receipts", []), "export.csv")
    assert isinstance(result, BadRecord)
    assert "does not start with a date" in result.reason
    content = wire.POS_HEADER.replace("金额", "价钱").encode() + b"\n" + wire.pos_row(1).encode()
    (result,) = wire.read("pos_receipts", content)
    assert isinstance(result, BadRecord)
    assert "'amount' not found" in result.reason


def test_a_file_that_vanishes_is_told_and_read_when_it_is_back(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.deliver(warehouse, "sensors", [wire.GOOD_LINES["sensors"](1)])
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1)])
    with monkeypatch.context() as patch:

        def fail(_: object) -> None:
            raise PermissionError(13, "Permission denied")

        patch.setattr("ingestion.files.LandedFile.open", fail)
        outcome = wire.load(warehouse)
    assert len(outcome.refused) == 2
    assert "Permission denied" in outcome.refused[0]
    assert wire.load(warehouse).rows_landed == 2
