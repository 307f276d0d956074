"""Raw files as the channels send them, and what became of them in the warehouse."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import duckdb

from ingestion.files import LandedFile
from ingestion.loading import Outcome, run
from ingestion.manifest import read_manifest
from ingestion.pipeline import RECORD_TABLES
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record
from ingestion.sources import SOURCES, declared
from ingestion.warehouse import Warehouse

PROJECT = Path(__file__).parents[2]
PSEUDONYMISER = Pseudonymiser(b"0f" * 32)
READERS = {source.name: source.read for source in SOURCES}
FILE_NAMES = {source.name: "2026-07-03.jsonl" for source in SOURCES}
FILE_NAMES["pos_receipts"] = "2026-07-03.csv"
RECEIVED_AT = "2026-07-03T04:05:06.789Z"
# 2026-07-03 04:05:06 UTC
MOMENT = 1783051506
POS_HEADER = (
    "门店编号,收银机号,小票号,行号,类型,营业日期,销售时间,商品编码,数量,金额,会员号,手机号,收银员"
)

SNOWPLOW = "/com.snowplowanalytics.snowplow/tp2"

Line = dict[str, Any]


def gateway(**fields: Any) -> Line:
    """A line of the HTTP collector."""
    line = {"received_at": RECEIVED_AT, "method": "POST", "path": "/", "query": "", "ip": "1.2.3.4"}
    return {**line, "user_agent": "Mozilla/5.0", "content_type": "text/plain", "body": "", **fields}


def sensors_event(number: int = 0, **fields: Any) -> Line:
    event = {"type": "track", "event": "$pageview", "distinct_id": f"visitor{number}"}
    event |= {"time": MOMENT * 1000, "_track_id": number, "identities": {}, "properties": {}}
    return {**event, **fields}


def sensors(*events: Any, zipped: bool = False, **fields: Any) -> Line:
    """One SDK request: a single event, or a batch."""
    field = "data" if len(events) == 1 and not zipped else "data_list"
    text = json.dumps(events[0] if field == "data" else events, ensure_ascii=False).encode()
    packed = quote(base64.b64encode(gzip.compress(text) if zipped else text), safe="")
    body = f"{'gzip=1&' if zipped else ''}{field}={packed}"
    return gateway(path="/sa.gif", query="project=production", body=body, **fields)


def snowplow_event(number: int = 0, **fields: Any) -> Line:
    event = {"e": "pv", "eid": f"e{number}", "dtm": str(MOMENT * 1000), "duid": f"d{number}"}
    return {**event, "aid": "shop", "url": "https://shop.example/", **fields}


def snowplow(*events: Any) -> Line:
    return gateway(path=SNOWPLOW, body=json.dumps({"schema": "iglu:payload_data", "data": events}))


def segment_call(number: int = 0, **fields: Any) -> Line:
    call = {"type": "track", "event": "Product Viewed", "messageId": f"m{number}"}
    call |= {"anonymousId": f"a{number}", "originalTimestamp": RECEIVED_AT, "properties": {}}
    return {**call, **fields}


def segment(*calls: Any) -> Line:
    """One call, or a batch of several."""
    body = calls[0] if len(calls) == 1 else {"batch": calls, "sentAt": RECEIVED_AT}
    return gateway(path="/v1/batch", query="writeKey=key1&type=batch", body=json.dumps(body))


def posthog_event(number: int = 0, **fields: Any) -> Line:
    event = {"uuid": f"u{number}", "event": "$pageview", "distinct_id": f"d{number}"}
    return {**event, "timestamp": RECEIVED_AT, "properties": {}, **fields}


def posthog(*events: Any) -> Line:
    body = {"api_key": "phc_1", "batch": events}
    return gateway(path="/batch/", query="token=phc_1", body=json.dumps(body))


def short_links(number: int = 0, **fields: Any) -> Line:
    click = {"click_id": f"c{number}", "visitor": "person", "code": "sale", **fields}
    return gateway(method="GET", path="/s/sale", body=json.dumps(click))


def wechat_oa(number: int = 0, **fields: str) -> Line:
    message = {"ToUserName": "gh_1", "FromUserName": f"o{number}", "CreateTime": str(MOMENT)}
    message |= {"MsgType": "event", "Event": "subscribe", **fields}
    body = "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in message.items())
    return gateway(path="/wechat/gh_1", body=f"<xml>{body}</xml>")


def pull(request: Line, response: Any) -> Line:
    return {"fetched_at": "2026-07-03T04:05:06Z", "request": request, "response": response}


def wechat_users(number: int = 0, **fields: Any) -> Line:
    user = {"subscribe": 1, "openid": f"o{number}", "subscribe_time": MOMENT, **fields}
    return pull({"appid": "wx1"}, {"user_info_list": [user]})


def trade(number: int = 0, **fields: Any) -> Line:
    known = {"tid": f"{number}", "status": "WAIT_BUYER_PAY", "created": "2026-07-03 10:00:00"}
    return {**known, "modified": "2026-07-03 10:00:00", "payment": "10.00", **fields}


def taobao_trades(*trades: Any) -> Line:
    page = {"total_results": len(trades), "trades": {"trade": list(trades)}}
    return pull({"page_no": 1}, {"trades_sold_increment_get_response": page})


def ocean_reports(number: int = 0, **dimensions: Any) -> Line:
    row = {
        "dimensions": {"stat_time_day": "2026-07-02", "cdp_promotion_id": f"{number}"} | dimensions,
        "metrics": {"stat_cost": "12.50", "show_cnt": "10"},
    }
    data = {"rows": [row], "page_info": {"page": 1}}
    return pull({"advertiser_id": "17"}, {"code": 0, "message": "OK", "data": data})


def ocean_clicks(number: int = 0, **fields: str) -> Line:
    click = {
        "track_id": f"T{number}",
        "ts": str(MOMENT * 1000),
        "callback": f"B.{number}",
        **fields,
    }
    return gateway(method="GET", path="/c/ocean", query=urlencode(click))


def tencent_reports(number: int = 0, **fields: Any) -> Line:
    row = {"date": "2026-07-02", "account_id": 2001, "adgroup_id": 3000 + number, "cost": 1250}
    row |= {"dynamic_creative_id": 4001, "view_count": 10, "valid_click_count": 1, **fields}
    return pull({"account_id": "2001"}, {"code": 0, "message": "", "data": {"list": [row]}})


def baidu_reports(number: int = 0, **fields: Any) -> Line:
    row = {"date": "2026-07-02", "campaignId": 61, "adGroupId": number, "cost": 12.5, **fields}
    request = {"account": "花间护肤", "body": {"reportType": 2284618}}
    data = [{"rows": [row], "rowCount": 1, "totalRowCount": 1}]
    return pull(request, {"header": {"status": 0}, "body": {"data": data}})


def xiaohongshu_reports(number: int = 0, **fields: Any) -> Line:
    row = {"time": "2026-07-02", "campaign_id": "81", "creativity_id": f"{number}", "fee": "12.50"}
    data = {"data_list": [{**row, **fields}], "total_count": 1}
    return pull({"advertiser_id": 9001}, {"success": True, "code": 0, "data": data})


def ocean_leads(number: int = 0, **fields: Any) -> Line:
    """Every lead comes in two states."""
    clue = {"clue_id": f"{number // 2}", "clue_type": 0, "clue_source": 1, "name": "李雷"}
    clue |= {"create_time_detail": "2026-07-03 10:00:00", "telephone": f"1380013{number // 2:04}"}
    clue |= {"clue_state_name": "明确意向" if number % 2 else "新线索", **fields}
    return pull({"page": 1}, {"code": 0, "message": "OK", "data": {"list": [clue]}})


def tencent_leads(number: int = 0, **fields: Any) -> Line:
    """Every lead comes in two states."""
    lead = {"leads_id": number // 2, "leads_type": "LEADS_TYPE_FORM", "leads_name": "李雷"}
    lead |= {"leads_create_time": "2026-07-03 10:00:00", "leads_telephone": "13812345678"}
    lead |= {"leads_follow_tag": f"LEADS_FOLLOW_TAG_{number % 2}", "click_id": f"t{number // 2}"}
    data = {"leads_info": [{**lead, **fields}], "page_info": {"total_number": 1}}
    return pull({"page": 1}, {"code": 0, "message": "", "data": data})


def tencent_clicks(number: int = 0, **fields: str) -> Line:
    click = {"click_id": f"t{number}", "click_time": str(MOMENT), "muid": f"{number + 1:032x}"}
    click |= {"adgroup_id": "13812345678", "device_os_type": "ios", **fields}
    return gateway(method="GET", path="/c/tencent", query=urlencode(click))


def baidu_clicks(number: int = 0, **fields: str) -> Line:
    click = {"bd_vid": f"{number}", "ts": str(MOMENT * 1000), "plan_id": "61", "idfa": "__IDFA__"}
    return gateway(method="GET", path="/c/baidu", query=urlencode({**click, **fields}))


def xiaohongshu_clicks(number: int = 0, **fields: str) -> Line:
    click = {"click_id": f"x{number}", "campaign_id": "81", "oaid_md5": f"{number + 1:032X}"}
    return gateway(method="GET", path="/c/xiaohongshu", query=urlencode({**click, **fields}))


def pos_row(number: int = 0, **fields: str) -> str:
    row = {"store": "S1", "pos": "P1", "receipt": f"R{number}", "line": "1", "type": "SALE"}
    row |= {"date": "2026-07-03", "at": "2026-07-03 23:30:00", "sku": "A", "qty": "1"}
    row |= {"amount": "9.90", "member": "", "phone": "", "cashier": "", **fields}
    return ",".join(row.values())


def sms_reports(number: int = 0, **fields: Any) -> Line:
    report = {"phone_number": "13812345678", "send_time": "2026-07-03 10:00:00", "success": True}
    report |= {
        "report_time": "2026-07-03 10:00:05",
        "biz_id": f"{number}",
        "out_id": "c1",
        **fields,
    }
    return gateway(path="/sms/report", body=json.dumps([report], ensure_ascii=False))


def doudian_order(number: int = 0, **fields: Any) -> Line:
    line = {"order_id": f"{number}1", "item_num": 1, "pay_amount": 19900, "post_amount": 0}
    order = {"order_id": f"{number}", "shop_id": 11, "order_status": 105, "create_time": MOMENT}
    order |= {"pay_time": MOMENT, "update_time": MOMENT, "doudian_open_id": f"1@#{number}"}
    return {**order, "sku_order_list": [line], **fields}


def doudian_orders(*orders: Any) -> Line:
    data = {"page": 0, "size": 100, "total": len(orders), "shop_order_list": list(orders)}
    return pull({"page": 0}, {"code": 10000, "msg": "success", "data": data})


def doudian_aftersales(number: int = 0, **fields: Any) -> Line:
    about = {"aftersale_id": f"a{number}", "refund_status": 3, "refund_amount": 19900}
    about |= {"update_time": MOMENT, **fields}
    item = {"aftersale_info": about, "order_info": {"shop_order_id": f"{number}"}}
    return pull({"page": 0}, {"code": 10000, "data": {"items": [item], "total": 1}})


def jd_order(number: int = 0, **fields: Any) -> Line:
    item = {"skuId": "1", "jdPrice": "10.00", "itemTotal": "1"}
    order = {"orderId": f"{number}", "orderState": "FINISHED_L", "orderPayment": "10.00"}
    order |= {"orderStartTime": "2026-07-03 10:00:00", "modified": "2026-07-03 10:00:00"}
    return {**order, "openIdBuyer": f"b{number}", "itemInfoList": [item], **fields}


def jd_orders(*orders: Any) -> Line:
    found = {"apiResult": {"success": True}, "orderTotal": len(orders)}
    page = {"code": "0", "searchorderinfo_result": {**found, "orderInfoList": list(orders)}}
    return pull({"app_key": "K1", "page": "1"}, {"jingdong_pop_order_search_responce": page})


def youzan_trade(number: int = 0, **fields: Any) -> Line:
    about = {"tid": f"E{number}", "status": "TRADE_SUCCESS", "created": "2026-07-03 10:00:00"}
    about |= {"pay_time": "2026-07-03 10:01:00", "update_time": "2026-07-03 10:01:00", **fields}
    line = {"oid": f"{number}", "num": 1, "payment": "10.00"}
    return {"full_order_info": {"order_info": about, "orders": [line]}}


def youzan_trades(*trades: Any) -> Line:
    data = {"total_results": len(trades), "full_order_info_list": list(trades)}
    return pull({"page_no": 1}, {"code": 200, "success": True, "data": data})


def wecom_contacts(number: int = 0, **fields: Any) -> Line:
    contact = {"external_userid": f"wo{number}", "type": 1, "unionid": f"u{number}"}
    follower = {"userid": "guide07", "createtime": MOMENT, "state": "store0021", **fields}
    entry = {"external_contact": contact, "follow_info": follower}
    response = {"errcode": 0, "external_contact_list": [entry], "next_cursor": ""}
    return pull({"corpid": "ww1", "userid_list": ["guide07"]}, response)


def wecom_callbacks(number: int = 0, **fields: str) -> Line:
    message = {"ToUserName": "ww1", "FromUserName": "sys", "CreateTime": str(MOMENT)}
    message |= {"MsgType": "event", "Event": "change_external_contact"}
    message |= {"ChangeType": "add_external_contact", "UserID": "guide07", "WelcomeCode": "W1"}
    message |= {"ExternalUserID": f"wo{number}", "State": "store0021", **fields}
    body = "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in message.items())
    return gateway(path="/wecom/ww1", body=f"<xml>{body}</xml>")


def chat_message(number: int = 0, **fields: Any) -> Line:
    message = {"msgid": f"m{number}", "action": "send", "from": "guide07", "tolist": ["wo1"]}
    message |= {"roomid": "", "msgtime": MOMENT * 1000, "msgtype": "text"}
    return {"seq": number, "message": {**message, "text": {"content": "您好"}, **fields}}


def wecom_chats(*entries: Any, **request: Any) -> Line:
    return pull({"corpid": "ww1", **request}, {"errcode": 0, "chatdata": list(entries)})


def sms_replies(number: int = 0, **fields: Any) -> Line:
    reply = {"phone_number": "13812345678", "content": "TD", "send_time": "2026-07-03 10:05:00"}
    reply |= {"dest_code": "1069", "sign_name": "花间", "sequence_id": number + 1, **fields}
    return gateway(path="/sms/up", body=json.dumps([reply], ensure_ascii=False))


def email_event(number: int = 0, **fields: Any) -> Line:
    event = {"email": "li@example.com", "timestamp": MOMENT, "event": "open", "category": "双十一"}
    return {**event, "sg_event_id": f"e{number}", "sg_message_id": "m1.filter1", **fields}


def email_events(*events: Line) -> Line:
    return gateway(path="/mail", body=json.dumps(events, ensure_ascii=False))


def wjx_answers(number: int = 0, **fields: Any) -> Line:
    answer = {"activity": "5657754", "name": "满意度", "joinid": f"10{number}", "index": number}
    answer |= {"timetaken": "528", "submittime": "2026-07-03 23:30:00", "q1": "1", "q2": "1,2"}
    answer |= {"totalvalue": "15", "sojumpparm": "M88001", "sign": "5e1f", **fields}
    return gateway(path="/wjx", body=json.dumps(answer, ensure_ascii=False))


def call_records(number: int = 0, **fields: Any) -> Line:
    call = {"id": number, "type": "呼入", "from": "13812345678", "to": "4008282815", "connect": 1}
    call |= {"alerting_seconds": 10, "duration": 182, "created_at": "2026-07-03 10:30:00"}
    return pull({"page": 1}, {"calls": [{**call, "agent_id": 733, **fields}], "count": 1})


def chat_sessions(number: int = 0, data_type: str = "chatRecord", **fields: Any) -> Line:
    chat = {"chatId": 9000 + number, "visitorStaticId": f"vs{number}", "createTime": MOMENT * 1000}
    chat |= {"endTime": MOMENT * 1000 + 300_000, "keyword": "面霜", "effective": 1, **fields}
    # the vendor writes the list as a text
    data = json.dumps([chat], ensure_ascii=False)
    return pull({"dataType": data_type}, {"total": 1, "data": data})


def fxiaoke_crm(number: int = 0, api_name: str = "LeadsObj", /, **fields: Any) -> Line:
    known = {"_id": f"68fa{number}", "object_describe_api_name": api_name, "is_deleted": False}
    known |= {"create_time": MOMENT * 1000, "last_modified_time": MOMENT * 1000, **fields}
    request = {"data": {"dataObjectApiName": api_name, "search_query_info": {"limit": 100}}}
    return pull(request, {"errorCode": 0, "data": {"dataList": [known]}})


def marketing_automation(number: int = 0, **fields: Any) -> Line:
    row = {"log_id": f"L{number}", "event": "coupon_issue", "coupon_id": f"C{number}"}
    return {**row, "occurred_at": "2026-07-03 10:00:00", "member_id": "M1", "amount": 20, **fields}


def registration_forms(number: int = 0, **fields: Any) -> Line:
    row = {"form_id": "F1", "entry_id": f"{number}", "submitted_at": "2026-07-03 10:00:00"}
    return {**row, "phone": "13812345678", "attributes": {"city": "长沙"}, **fields}


def jinshuju(number: int = 0, **fields: Any) -> Line:
    entry = {"serial_number": number, "created_at": "2026-07-03T02:00:00.000Z", **fields}
    entry = {"field_1": "李雷", "field_2": "13812345678", **entry}
    pushed = {"form": "aBc123", "form_name": "秋季新品体验会", "entry": entry}
    return gateway(path="/forms", body=json.dumps(pushed, ensure_ascii=False))


def guide_scans(number: int = 0, **fields: Any) -> Line:
    row = {"scan_id": f"S{number}", "occurred_at": "2026-07-03 10:00:00", "staff_id": "guide07"}
    return {**row, "store_id": "S021", "wechat_union_id": "u1", **fields}


def loyalty(number: int = 0, **fields: Any) -> Line:
    row = {"flow_id": f"P{number}", "event": "points_earn", "member_id": "M1", "points": 100}
    return {**row, "occurred_at": "2026-07-03 10:00:00", "balance": 300, **fields}


def partner_feeds(number: int = 0, **fields: Any) -> Line:
    row = {"partner": "dmp", "id_type": "mobile_md5", "id_value": f"{number:032x}"}
    row |= {"collected_at": "2026-07-01 00:00:00", "expires_at": "2027-07-01 00:00:00"}
    row |= {"legal_basis": "consent", "consent_reference": "CR-1", "purpose": "marketing"}
    return {**row, "attributes": {"industry": "美妆"}, **fields}


GOOD_LINES: dict[str, Callable[[int], Any]] = {
    "sensors": lambda number: sensors(sensors_event(number)),
    "snowplow": lambda number: snowplow(snowplow_event(number)),
    "segment": lambda number: segment(segment_call(number)),
    "posthog": lambda number: posthog(posthog_event(number)),
    "short_links": short_links,
    "wechat_oa": wechat_oa,
    "wechat_users": wechat_users,
    "taobao_trades": lambda number: taobao_trades(trade(number)),
    "ocean_reports": ocean_reports,
    "ocean_clicks": ocean_clicks,
    "tencent_reports": tencent_reports,
    "baidu_reports": baidu_reports,
    "xiaohongshu_reports": xiaohongshu_reports,
    "ocean_leads": ocean_leads,
    "tencent_leads": tencent_leads,
    "tencent_clicks": tencent_clicks,
    "baidu_clicks": baidu_clicks,
    "xiaohongshu_clicks": xiaohongshu_clicks,
    "pos_receipts": pos_row,
    "sms_reports": sms_reports,
    "doudian_orders": lambda number: doudian_orders(doudian_order(number)),
    "doudian_aftersales": doudian_aftersales,
    "jd_orders": lambda number: jd_orders(jd_order(number)),
    "youzan_trades": lambda number: youzan_trades(youzan_trade(number)),
    "wecom_contacts": wecom_contacts,
    "wecom_callbacks": wecom_callbacks,
    "wecom_chats": lambda number: wecom_chats(chat_message(number)),
    "sms_replies": sms_replies,
    "wjx_answers": wjx_answers,
    "email_events": lambda number: email_events(email_event(number)),
    "call_records": call_records,
    "chat_sessions": chat_sessions,
    "fxiaoke_crm": fxiaoke_crm,
    "marketing_automation": marketing_automation,
    "registration_forms": registration_forms,
    "guide_scans": guide_scans,
    "loyalty": loyalty,
    "partner_feeds": partner_feeds,
}


def encoded(line: Any) -> bytes:
    """A line of a file, without its end."""
    if isinstance(line, bytes):
        return line
    if isinstance(line, str):
        return line.encode()
    return json.dumps(line, ensure_ascii=False).encode()


def text_of(source: str, lines: list[Any]) -> bytes:
    """A whole file of a source, its header included."""
    header = [b"\xef\xbb\xbf" + POS_HEADER.encode()] if source == "pos_receipts" else []
    return b"".join(encoded(line) + b"\n" for line in (*header, *lines))


def deliver(warehouse: Warehouse, source: str, lines: list[Any], name: str | None = None) -> Path:
    """Put a file of these lines into the source's landing folder."""
    path = warehouse.landing / source / (name or FILE_NAMES[source])
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text_of(source, lines)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def declare(folder: Path, text: str) -> Path:
    """Write a manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "manifest.yml"
    path.write_text(text, encoding="utf-8")
    return path


class _InMemory:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def open(self, **_: Any) -> io.BytesIO:
        return io.BytesIO(self.content)


def landed_file(name: str, content: bytes) -> LandedFile:
    """A file that a reader can read, without a disk."""
    modified = datetime(2026, 7, 3, tzinfo=UTC)
    # One size for all: the state of a till's file is part of its records, and no test's matter.
    return LandedFile(name, 10**9, modified, _InMemory(content))


def read(source: str, content: bytes, name: str | None = None) -> list[Record | BadRecord]:
    """What a source's reader makes of a file."""
    file = landed_file(name or FILE_NAMES[source], content)
    return list(READERS[source](file, PSEUDONYMISER))


def read_declared(
    manifest: Path, content: bytes, name: str | None = None
) -> list[Record | BadRecord]:
    """What a manifest's first entry makes of a file."""
    (entry, *_) = read_manifest(manifest)
    return list(declared.read(entry, landed_file(name or entry.path, content), PSEUDONYMISER))


def load(warehouse: Warehouse, *manifests: Path) -> Outcome:
    """Load what is new, in this process; the accounting must balance every time."""
    outcome = run(warehouse, list(manifests), lambda _: None)
    assert outcome.rows_duplicate >= 0
    assert_balanced(warehouse)
    return outcome


def command(
    warehouse: Warehouse, *arguments: object, project: Path = PROJECT, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """``python -m ingestion`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ingestion", *map(str, arguments)],
        cwd=project,
        env={**os.environ, "OMNITOUCH_WAREHOUSE": str(warehouse.root)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def query(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        return database.execute(sql).fetchall()


def tables(warehouse: Warehouse) -> set[str]:
    found = query(
        warehouse, "select table_name from information_schema.tables where table_schema = 'raw'"
    )
    return {name for (name,) in found}


def raw(warehouse: Warehouse, table: str, columns: str = "event_id, payload") -> list[tuple]:
    """Rows of a raw table in a fixed order; none where it does not exist."""
    if table not in tables(warehouse):
        return []
    return query(warehouse, f"select {columns} from raw.{table} order by all")


def records(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Every record table's content, whatever load it came with."""
    return {table: found for table in RECORD_TABLES if (found := raw(warehouse, table))}


def quarantine(warehouse: Warehouse) -> list[tuple[str, str, str, str]]:
    return raw(warehouse, "quarantine", "file, position, reason, remedy")


def assert_balanced(warehouse: Warehouse) -> None:
    """Of every load and source: read = landed + duplicate + quarantined, and keys are unique."""
    known = tables(warehouse) if warehouse.database.exists() else set()
    if "loaded_files" not in known:
        return
    complete = {
        name for (name,) in query(warehouse, "select load_id from raw._dlt_loads where status = 0")
    }
    quarantined = {}
    if "quarantine" in known:
        quarantined = {
            (load, source): rows
            for load, source, rows in query(
                warehouse, "select _dlt_load_id, source, count(*) from raw.quarantine group by all"
            )
        }
    files = {
        (load, source): figures
        for load, source, *figures in query(
            warehouse,
            "select _dlt_load_id, source, sum(rows_read), sum(rows_quarantined), "
            "sum(rows_repeated) from raw.loaded_files group by all",
        )
    }
    landed = {}
    for table in set(RECORD_TABLES) & known:
        for load_id, rows, distinct in query(
            warehouse,
            "select _dlt_load_id, count(*), count(distinct event_id) "
            f"from raw.{table} group by all",
        ):
            landed[load_id, table] = rows
            assert rows == distinct
    assert landed.keys() | quarantined.keys() <= files.keys()
    for (load_id, source), (read_rows, bad, repeated) in files.items():
        assert load_id in complete
        assert quarantined.get((load_id, source), 0) == bad
        duplicate = read_rows - landed.get((load_id, source), 0) - bad
        assert duplicate >= repeated >= 0, (source, read_rows, landed, bad)
