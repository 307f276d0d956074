"""Details of the wire that the channels' documents do not say aloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from ingestion.records import Record
from ingestion.warehouse import Warehouse
from tests.ingestion import wire


def one(source: str, line: Any) -> tuple[Record, dict[str, Any]]:
    (record,) = wire.read(source, wire.text_of(source, [line]))
    assert isinstance(record, Record), record
    return record, json.loads(record.payload)


def test_a_naive_beijing_time_stays_text_until_staging(warehouse: Warehouse) -> None:
    late = "2026-07-03 23:30:00"
    wire.deliver(warehouse, "pos_receipts", [wire.pos_row(1, at=late)])
    wire.deliver(warehouse, "sms_reports", [wire.sms_reports(1, send_time=late)])
    wire.deliver(warehouse, "taobao_trades", [wire.taobao_trades(wire.trade(1, modified=late))])
    wire.load(warehouse)
    for table in ("pos_receipts", "sms_reports", "taobao_trades"):
        assert wire.raw(warehouse, table, "occurred_at_raw") == [(late,)]
    ((received,),) = wire.raw(warehouse, "sms_reports", "received_at at time zone 'UTC'")
    assert received == datetime(2026, 7, 3, 4, 5, 6, 789000)
    # the day of export is a day in Beijing
    ((exported,),) = wire.raw(warehouse, "pos_receipts", "received_at at time zone 'UTC'")
    assert exported == datetime(2026, 7, 2, 16)


def test_macros_that_the_platform_left_unreplaced_are_no_values() -> None:
    line = wire.ocean_clicks(
        1,
        idfa="__IDFA__",
        oaid="abc",
        imei="d41d8cd98f00b204e9800998ecf8427e",
        mac="",
        androidid="00000000-0000-0000-0000-000000000000",
    )
    _, click = one("ocean_clicks", line)
    assert click.keys() == {"track_id", "ts", "callback", "oaid", "_clicked_at_ms"}


def test_a_vendors_device_hash_is_pseudonymised_case_ignored() -> None:
    tokens = {
        one("ocean_clicks", wire.ocean_clicks(1, imei=text))[1]["imei"]
        for text in ("ab" * 16, "AB" * 16)
    }
    assert tokens == {wire.PSEUDONYMISER.vendor_hash("imei_md5", "ab" * 16)}


def test_chinese_till_headers_become_fields_of_their_own() -> None:
    row = wire.pos_row(1, member="m1", phone="13912345678", cashier="小王")
    _, fields = one("pos_receipts", row)
    assert len([name for name in fields if not name.startswith("_")]) == 13
    assert {"store_id", "receipt_no", "sku", "qty", "amount", "phone"} <= fields.keys()
    assert fields["phone"] == wire.PSEUDONYMISER.phone("13912345678")


def test_a_track_id_alone_is_no_key() -> None:
    events = [wire.sensors_event(7, time=1783051506000 + at) for at in range(3)]
    events.append(events[0] | {"type": "track_id_bind", "event": "$BindID"})
    results = wire.read("sensors", wire.text_of("sensors", [wire.sensors(*events)]))
    assert len({result.key for result in results if isinstance(result, Record)}) == 4


def test_single_batched_and_zipped_events_are_the_same_records() -> None:
    event = wire.sensors_event(1, properties={"$title": "花间", "price": 12.0, "big": 2**53})
    single, *others = (
        wire.read("sensors", wire.text_of("sensors", [line]))[0]
        for line in (
            wire.sensors(event),
            wire.sensors(event, zipped=True),
            wire.gateway(path="/sa", query="project=production", body=json.dumps([event])),
        )
    )
    assert isinstance(single, Record)
    for other in others:
        assert isinstance(other, Record)
        assert other.key == single.key
        assert json.loads(other.payload) == json.loads(single.payload)


@pytest.mark.parametrize(
    "value",
    [
        "13912345678",
        "\b11010519491231002X",
        13912345678,
        110105194912313888.0,
        "li.hua@example.com",
    ],
)
def test_each_personal_event_of_a_batch_is_scrubbed(value: Any) -> None:
    plain = wire.sensors_event(1, properties={"$title": "花间", "price": 12.0, "big": 2**53})
    personal = wire.sensors_event(2, properties={"x": value})
    beside = {"$title": "call 13912345678"}
    line = wire.sensors(plain, personal, wire.sensors_event(3, properties=beside))
    results = wire.read("sensors", wire.text_of("sensors", [line]))
    payloads = [json.loads(result.payload) for result in results if isinstance(result, Record)]
    assert plain.items() <= payloads[0].items()
    assert payloads[1]["properties"]["x"] == wire.PSEUDONYMISER.scrub_values(value) != value
    assert payloads[2]["properties"] == wire.PSEUDONYMISER.scrub_values(beside)


@pytest.mark.parametrize("length", range(6))
def test_base64_is_read_however_it_is_padded_and_escaped(length: int) -> None:
    event = wire.sensors_event(1, properties={"$title": "x" * length, "icons": "?>~ÿþ" * 9})
    line = wire.sensors(event)
    unescaped = {**line, "body": unquote(line["body"])}
    lower = {**line, "body": line["body"].replace("%3D", "%3d").replace("%2B", "%2b")}
    known = {one("sensors", each)[0].payload for each in (line, unescaped, lower)}
    assert len(known) == 1
    assert event.items() <= json.loads(known.pop()).items()


def test_an_image_request_carries_its_event_in_the_query() -> None:
    posted = wire.sensors(wire.sensors_event(1))
    line = {**posted, "method": "GET", "query": f"project=production&{posted['body']}", "body": ""}
    assert one("sensors", line)[0].key == one("sensors", posted)[0].key


def test_a_retried_callback_is_one_record_and_a_second_message_another() -> None:
    message = {"MsgType": "text", "Content": "你好", "MsgId": "23"}
    first, again, other = (
        one("wechat_oa", wire.wechat_oa(1, **{**message, "MsgId": number}))[0].key
        for number in ("23", "23", "24")
    )
    assert first == again != other


def test_received_at_is_an_instant_whatever_way_a_collector_writes_it() -> None:
    expected = datetime(2026, 7, 3, 4, 5, 6, tzinfo=UTC)
    for fields in (
        {"received_at": "2026-07-03T04:05:06Z"},
        {"received_at": "2026-07-03T12:05:06+08:00"},
        {"received_at": "2026-07-03 04:05:06"},
        {"received_at": None, "ingest_time": 1783051506000},
    ):
        record, _ = one("sensors", wire.sensors(wire.sensors_event(1), **fields))
        assert record.received_at == expected


def test_a_finer_report_row_is_a_row_of_its_own_and_a_renamed_promotion_is_none() -> None:
    def cell(**dimensions: str) -> tuple[str, str]:
        _, payload = one("ocean_reports", wire.ocean_reports(1, **dimensions))
        return payload["_dimensions"], payload["_cell"]

    by_ad = cell()
    assert by_ad[0] == "cdp_promotion_id stat_time_day"
    assert by_ad == cell(cdp_promotion_name="旧") == cell(cdp_promotion_name="新")
    by_creative = [cell(creative_id=creative) for creative in ("c1", "c2")]
    assert {names for names, _ in by_creative} == {"cdp_promotion_id creative_id stat_time_day"}
    assert len({by_ad[1], *(digest for _, digest in by_creative)}) == 3
    hours = [cell(stat_time_hour=f"2026-07-02 {hour}:00:00")[1] for hour in (10, 11)]
    assert hours[0] != hours[1]


def test_the_figures_of_a_report_are_no_phones() -> None:
    line = wire.ocean_reports(1, note="13912345678")
    line["response"]["data"]["rows"][0]["metrics"]["show_cnt"] = "13912345678"
    _, payload = one("ocean_reports", line)
    assert payload["metrics"]["show_cnt"] == "13912345678"
    assert payload["dimensions"]["note"] == wire.PSEUDONYMISER.phone("13912345678")
