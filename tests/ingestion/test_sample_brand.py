"""The sample brand's files say what its truth says, read with nothing but the standard library."""

import base64
import csv
import gzip
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from ingestion.sample_brand import Summary, write_sample_brand

PEOPLE, DAYS, BUSY = 2000, 28, 20.0
BEIJING = timezone(timedelta(hours=8))
DAILY_SOURCES = {
    "sensors": "jsonl.gz",
    "wechat_oa": "jsonl",
    "wechat_users": "jsonl",
    "taobao_trades": "jsonl",
    "ocean_reports": "jsonl",
    "ocean_clicks": "jsonl",
    "pos_receipts": "csv",
    "sms_reports": "jsonl",
    "marketing_automation": "jsonl",
    "fxiaoke_crm": "jsonl",
}

TILL_HEADER = [
    *("门店编号", "收银机号", "小票号", "行号", "类型", "营业日期", "销售时间"),
    *("商品编码", "数量", "金额", "会员号", "手机号", "收银员", "原营业日期", "原小票号"),
]


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """One small, busy world."""
    return write_sample_brand(
        tmp_path_factory.mktemp("brand"), PEOPLE, DAYS, events_per_person=BUSY
    )


@pytest.fixture(scope="module")
def truth(brand: Summary) -> dict[str, Any]:
    """What truth.json says."""
    return json.loads((brand.directory / "truth" / "truth.json").read_text())


def rows(brand: Summary, name: str) -> list[dict[str, Any]]:
    """Return the rows of a truth table."""
    return pq.read_table(brand.directory / "truth" / f"{name}.parquet").to_pylist()


def files(brand: Summary, source: str) -> list[Path]:
    """Return the landing files of a source in order of day."""
    return sorted((brand.directory / "landing" / source).iterdir())


def lines(brand: Summary, source: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield (file, record) of a source made of JSON lines."""
    for path in files(brand, source):
        data = path.read_bytes()
        for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
            yield path, json.loads(line)


def sdk_hash(text: str) -> int:
    """Hash as the Sensors JS SDK does, one character after the other."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def events_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Decode the events of a Sensors request, checking its checksum."""
    body = dict(parse_qsl(request["body"], strict_parsing=True))
    packed = body.get("data") or body["data_list"]
    if "gzip" in body:
        return json.loads(gzip.decompress(base64.b64decode(packed, validate=True)))
    assert body["ext"] == f"crc={sdk_hash(packed)}"
    decoded = json.loads(base64.b64decode(packed, validate=True))
    return decoded if "data_list" in body else [decoded]


def beijing(text: str) -> datetime:
    """Read a naive Beijing time."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def fen(yuan: str) -> int:
    """Read yuan with two decimals."""
    assert re.fullmatch(r"-?\d+\.\d\d", yuan)
    return int(yuan.replace(".", ""))


def national(phone: str) -> str:
    """Return the eleven digits of a phone in any of the ways it is written."""
    return re.sub(r"\D", "", phone)[-11:]


@pytest.fixture(scope="module")
def requests(brand: Summary) -> list[tuple[Path, dict[str, Any], list[dict[str, Any]]]]:
    """Every Sensors request with its events."""
    return [(path, line, events_of(line)) for path, line in lines(brand, "sensors")]


@pytest.fixture(scope="module")
def sensors(requests: list[Any]) -> list[dict[str, Any]]:
    """Every Sensors event once."""
    once = {}
    for _, _, events in requests:
        for event in events:
            key = (event["distinct_id"], event["time"], event["_track_id"], event["event"])
            once.setdefault(key, event)
    return list(once.values())


def test_same_arguments_give_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_sample_brand(tmp_path / name, 60, 6, seed=seed)
    first, second, other = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*") if path.is_file()}
        for top in (tmp_path / "a", tmp_path / "b", tmp_path / "c")
    )
    assert first == second
    assert first != other


def test_every_source_has_a_file_for_every_day(brand: Summary) -> None:
    days = {(date(2026, 7, 1) + timedelta(days=n)).isoformat() for n in range(DAYS)}
    for source, suffix in DAILY_SOURCES.items():
        assert {path.name for path in files(brand, source)} == {f"{day}.{suffix}" for day in days}
    on_disk = [path for path in brand.directory.rglob("*") if path.is_file()]
    assert brand.files == len(on_disk)
    assert brand.bytes == sum(path.stat().st_size for path in on_disk)


def test_sensors_events_equal_the_counts(
    requests: list[Any], sensors: list[dict[str, Any]], truth: dict[str, Any], brand: Summary
) -> None:
    counts = truth["counts"]
    sent = sum(len(events) for _, _, events in requests)
    assert sent == counts["events"] + counts["duplicate_events"]
    assert len(requests) == counts["requests"] + counts["duplicate_requests"]
    assert len(sensors) == counts["events"] == brand.events
    assert Counter(event["event"] for event in sensors) == truth["sensors_events"]
    assert counts["duplicate_events"] > 0
    assert truth["sensors_events"]["活动大转盘"] > 0


def test_sensors_noise_equals_the_counts(requests: list[Any], truth: dict[str, Any]) -> None:
    seen: Counter[str] = Counter()
    keys = set()
    for _, line, events in requests:
        key = line["body"]
        if key in keys:
            continue
        keys.add(key)
        agent = line["user_agent"]
        seen["bot_events"] += len(events) * bool(re.search("spider|HeadlessChrome", agent))
        seen["office_events"] += len(events) * line["ip"].startswith("203.0.113.")
        seen["test_project_events"] += len(events) * (line["query"] == "project=default")
    assert seen == {name: truth["counts"][name] for name in seen}
    assert min(seen.values()) > 0


def test_only_app_batches_arrive_late(requests: list[Any], truth: dict[str, Any]) -> None:
    late = set()
    for path, line, events in requests:
        received = datetime.fromisoformat(line["received_at"]).astimezone(BEIJING)
        assert path.name.startswith(received.date().isoformat())
        for event in events:
            happened = datetime.fromtimestamp(event["time"] / 1000, BEIJING)
            assert happened <= received
            if happened.date() != received.date():
                assert "gzip=1" in line["body"]
                late.add((event["distinct_id"], event["time"], event["_track_id"]))
    assert len(late) == truth["counts"]["late_events"] > 0


def test_sensors_events_are_complete(sensors: list[dict[str, Any]]) -> None:
    for event in sensors:
        assert {"identities", "distinct_id", "anonymous_id", "lib", "_flush_time"} <= event.keys()
        assert event["properties"]["$timezone_offset"] == -480
        assert 100_000_000 <= event["_track_id"] < 1_000_000_000
        login = event["identities"].get("$identity_login_id")
        assert event.get("login_id") == login
        assert event["distinct_id"] == (login or event["anonymous_id"])
        kind = {"$SignUp": "track_signup", "$BindID": "track_id_bind"}.get(event["event"], "track")
        assert event["type"] == kind
        if kind == "track_signup":
            assert event["original_id"] == event["anonymous_id"]
        if event["lib"]["$lib"] == "MiniProgram":
            assert event["identities"]["$identity_mp_openid"].startswith("o")
            assert event["properties"]["$app_id"].startswith("wx")


def test_identifiers_on_the_wire_belong_to_their_person(
    brand: Summary, truth: dict[str, Any], sensors: list[dict[str, Any]]
) -> None:
    owners = defaultdict(set)
    for row in rows(brand, "identifiers"):
        owners[row["identifier_type"], row["identifier_value"]].add(row["person_id"])
    types = {
        "$identity_cookie_id": "cookie_id",
        "$identity_android_id": "device_id",
        "$identity_idfv": "device_id",
        "$identity_mp_openid": "wechat_open_id",
        "$identity_mp_unionid": "wechat_union_id",
        "$identity_login_id": "member_id",
    }
    tablets: dict[str, set[str]] = {name: set() for name in truth["shared_cookies"]}
    for event in sensors:
        ids = event["identities"]
        if ids.get("$identity_cookie_id") in tablets:
            tablets[ids["$identity_cookie_id"]].add(ids.get("$identity_login_id"))
            continue
        claims = [owners[types[key], value] for key, value in ids.items() if key in types]
        if "$identity_mobile" in ids:
            claims.append(owners["phone", "+86" + national(ids["$identity_mobile"])])
        if len(ids) > 1:
            assert set.intersection(*claims), "one event names two different people"
    assert len(tablets) == 2
    assert min(len(members) for members in tablets.values()) > 3
    assert any(len(people) == 2 for (kind, _), people in owners.items() if kind == "cookie_id")


def test_own_site_orders_equal_the_truth(
    brand: Summary, truth: dict[str, Any], sensors: list[dict[str, Any]]
) -> None:
    paid = {
        event["properties"]["order_id"]: event for event in sensors if event["event"] == "PayOrder"
    }
    submitted = sum(event["event"] == "SubmitOrder" for event in sensors)
    expected = {
        row["order_id"]: row for row in rows(brand, "conversions") if row["source"] == "sensors"
    }
    assert paid.keys() == expected.keys()
    assert len(paid) == truth["orders"]["sensors"]["paid"]
    assert submitted >= truth["orders"]["sensors"]["placed"]
    for order_id, event in paid.items():
        properties, row = event["properties"], expected[order_id]
        assert round(properties["order_amount"] * 100) == int(row["revenue"] * 100)
        happened = datetime.fromtimestamp(event["time"] / 1000, UTC)
        assert happened == row["occurred_at"]
        assert beijing(properties["pay_time"]) == happened.replace(microsecond=0)


def test_landing_pages_carry_campaigns_and_click_ids(
    brand: Summary, truth: dict[str, Any], sensors: list[dict[str, Any]]
) -> None:
    touched = {row["touch_id"] for row in rows(brand, "touches") if row["channel"] == "douyin_ads"}
    clicks, unreplaced, campaigns = set(), 0, set()
    for event in sensors:
        query = parse_qs(urlsplit(event["properties"].get("$url", "")).query)
        campaigns.update(query.get("utm_campaign", []))
        if "clickid" in query:
            unreplaced += query["clickid"] == ["__CLICKID__"]
            clicks.update(query["clickid"])
        if "bd_vid" in query:
            assert event["properties"]["$referrer"].startswith("https://www.baidu.com/")
    assert clicks - {"__CLICKID__"} <= touched
    assert unreplaced == truth["counts"]["unreplaced_landing_macros"] > 0
    assert {"七夕礼盒种草", "品牌词-花间"} <= campaigns


def test_click_monitor_calls_equal_the_truth(brand: Summary, truth: dict[str, Any]) -> None:
    touched = {row["touch_id"] for row in rows(brand, "touches") if row["channel"] == "douyin_ads"}
    calls = [line for _, line in lines(brand, "ocean_clicks")]
    queries = [dict(parse_qsl(line["query"], strict_parsing=True)) for line in calls]
    counts = truth["counts"]
    assert len(calls) == counts["ocean_clicks"] + counts["ocean_clicks_repeated"]
    assert len({query["track_id"] for query in queries}) == counts["ocean_clicks"]
    assert {query["callback"] for query in queries} <= touched
    assert any(query["imei"] == "__IMEI__" for query in queries)
    assert all(line["path"] == "/c/ocean" and line["method"] == "GET" for line in calls)


def test_last_report_of_a_day_is_the_spend(brand: Summary, truth: dict[str, Any]) -> None:
    latest: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], int] = {}
    read = 0
    for path, line in lines(brand, "ocean_reports"):
        assert path.stem == line["fetched_at"][:10]
        assert line["response"]["code"] == 0
        for row in line["response"]["data"]["rows"]:
            key = (row["dimensions"]["stat_time_day"], row["dimensions"]["cdp_promotion_id"])
            cost = fen(row["metrics"]["stat_cost"])
            first.setdefault(key, cost)
            latest[key] = cost
            read += 1
    daily: Counter[str] = Counter()
    for (day, _), cost in latest.items():
        daily[day] += cost
    assert daily == {day: fen(yuan) for day, yuan in truth["spend"]["douyin_ads"].items()}
    assert read == truth["counts"]["ocean_report_rows"]
    assert first != latest


def test_account_callbacks_equal_the_counts(brand: Summary, truth: dict[str, Any]) -> None:
    followers = {
        row["identifier_value"]
        for row in rows(brand, "identifiers")
        if row["namespace"] == "wx2f6b8c1d90a4e7b5"
    }
    bodies = []
    for _, line in lines(brand, "wechat_oa"):
        message = {child.tag: child.text for child in ElementTree.fromstring(line["body"])}
        assert message["FromUserName"] in followers
        assert message["MsgType"] == "text" or message["Event"]
        bodies.append(line["body"])
    counts = truth["counts"]
    assert len(set(bodies)) == counts["wechat_callbacks"]
    assert len(bodies) == counts["wechat_callbacks"] + counts["wechat_callbacks_repeated"]
    assert max(Counter(bodies).values()) <= 3
    users = [
        user
        for _, line in lines(brand, "wechat_users")
        for user in line["response"]["user_info_list"]
    ]
    assert len(users) == counts["wechat_users"]
    assert {user["openid"] for user in users} <= followers
    assert 0 < sum("unionid" in user for user in users) < len(users)


def test_trades_end_as_the_truth_says(brand: Summary, truth: dict[str, Any]) -> None:
    latest: dict[str, dict[str, Any]] = {}
    records = 0
    for _, line in lines(brand, "taobao_trades"):
        answer = line["response"]["trades_sold_increment_get_response"]
        for trade in answer["trades"]["trade"]:
            records += 1
            assert line["request"]["start_modified"] <= trade["modified"]
            assert trade["modified"] < line["request"]["end_modified"]
            if trade["tid"] not in latest or latest[trade["tid"]]["modified"] <= trade["modified"]:
                latest[trade["tid"]] = trade
    words = {
        "WAIT_BUYER_PAY": "placed",
        "WAIT_SELLER_SEND_GOODS": "paid",
        "TRADE_FINISHED": "completed",
        "TRADE_CLOSED": "refunded",
        "TRADE_CLOSED_BY_TAOBAO": "cancelled",
    }
    statuses = Counter(words[trade["status"]] for trade in latest.values())
    assert statuses == truth["orders"]["taobao_trades"]
    gross = refunded = 0
    for trade in latest.values():
        its_lines = trade["orders"]["order"]
        assert fen(trade["payment"]) == sum(fen(line["payment"]) for line in its_lines)
        if "pay_time" in trade:
            gross += fen(trade["payment"])
            refunded += sum(
                fen(line["payment"]) for line in its_lines if line["refund_status"] == "SUCCESS"
            )
    assert records == truth["counts"]["taobao_records"]
    assert gross == truth["gross_fen"]["taobao_trades"]
    assert refunded == truth["refunded_fen"]["taobao_trades"]
    late = sum(trade.get("pay_time", "").endswith("23:30:00") for trade in latest.values())
    assert late == truth["taobao_paid_at_2330"]
    paid_at = {
        row["order_id"]: row["occurred_at"]
        for row in rows(brand, "conversions")
        if row["source"] == "taobao_trades"
    }
    told = {t["tid"]: beijing(t["pay_time"]) for t in latest.values() if "pay_time" in t}
    assert told == paid_at


def test_receipts_add_up_to_the_truth(brand: Summary, truth: dict[str, Any]) -> None:
    store_days: dict[tuple[str, str], dict[str, list[tuple[str, ...]]]] = defaultdict(dict)
    for path in files(brand, "pos_receipts"):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        read = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        assert next(read) == TILL_HEADER
        for row in read:
            assert row[6] < f"{path.stem} 24"
            store_days[row[0], row[5]].setdefault(path.stem, []).append(tuple(row))
    counts = truth["counts"]
    first = [row for exports in store_days.values() for row in exports[min(exports)]]
    again = [row for exports in store_days.values() for row in exports[max(exports)]]
    # the last export of a store and business date replaces the earlier one
    repeated = sum(len(e[max(e)]) for e in store_days.values() if len(e) > 1)
    assert len({row[:4] for row in first}) == len(first) == counts["pos_rows"]
    assert repeated == counts["pos_rows_exported_again"] > 0
    assert len(first) - len(again) == counts["pos_rows_withdrawn"] > 0
    assert set(again) < set(first)
    exported = again
    sales = [row for row in exported if row[4] == "SALE"]
    returns = [row for row in exported if row[4] == "RETURN"]
    assert sum(fen(row[9]) for row in sales) == truth["gross_fen"]["pos_receipts"]
    assert -sum(fen(row[9]) for row in returns) == truth["refunded_fen"]["pos_receipts"]
    assert len({row[:3] for row in sales}) == truth["orders"]["pos_receipts"]["sale"]
    assert len({row[:3] for row in returns}) == truth["orders"]["pos_receipts"]["return"]
    assert all(int(row[8]) < 0 for row in returns)
    # what comes back names its receipt, of the same till
    sold = {(row[0], row[1], row[5], row[2]) for row in sales}
    assert {(row[0], row[1], *row[13:15]) for row in returns} <= sold
    assert {tuple(row[13:15]) for row in sales} == {("", "")}
    past = sum(row[5] != row[6][:10] for row in first)
    assert past == counts["pos_rows_past_midnight"] > 0
    expected = {
        row["order_id"]: row["occurred_at"]
        for row in rows(brand, "conversions")
        if row["source"] == "pos_receipts"
    }
    assert {f"{row[0]}-{row[1]}-{row[2]}": beijing(row[6]) for row in sales} == expected


def test_text_message_reports_equal_the_truth(brand: Summary, truth: dict[str, Any]) -> None:
    reports = [
        report for _, line in lines(brand, "sms_reports") for report in json.loads(line["body"])
    ]
    assert len(reports) == truth["counts"]["sms_reports"]
    delivered = {f"{r['biz_id']}|{r['phone_number']}" for r in reports if r["success"]}
    touched = {row["touch_id"] for row in rows(brand, "touches") if row["channel"] == "sms"}
    assert delivered == touched
    assert any("七夕" in report["out_id"] for report in reports)


def test_declared_files_equal_the_truth(brand: Summary, truth: dict[str, Any]) -> None:
    folder = brand.directory / "landing" / "declared"
    douyin = list(csv.DictReader(io.StringIO((folder / "douyin_behaviour.csv").read_text("gbk"))))
    taobao = list(csv.DictReader(io.StringIO((folder / "taobao_behaviour.csv").read_text("utf-8"))))
    spend = list(csv.DictReader(io.StringIO((folder / "ad_spend.csv").read_text("utf-8"))))
    assert (
        len(douyin)
        == truth["counts"]["douyin_behaviour_rows"]
        == truth["touches"]["douyin_organic"]
    )
    assert {row["行为"] for row in douyin} == {"商品点击", "商品收藏", "加入购物车"}
    assert len(taobao) == truth["counts"]["taobao_behaviour_rows"] == truth["touches"]["taobao"]
    assert {row["行为"] for row in taobao} == {"宝贝浏览", "收藏", "加购"}
    daily: Counter[tuple[str, str]] = Counter()
    for row in spend:
        daily[row["channel"], row["date"]] += int(row["cost"])
    assert daily == {
        (channel, day): fen(yuan)
        for channel, days in truth["spend"].items()
        if channel != "douyin_ads"
        for day, yuan in days.items()
    }


def phone_owners(brand: Summary) -> dict[str, set[int]]:
    """Return who had each phone at one time or another."""
    owners = defaultdict(set)
    for row in rows(brand, "identifiers"):
        if row["identifier_type"] == "phone":
            owners[row["identifier_value"]].add(row["person_id"])
    return owners


def test_coupons_are_used_once_after_their_issue_on_orders_that_there_are(
    brand: Summary, sensors: list[dict[str, Any]], truth: dict[str, Any]
) -> None:
    rows = [row for _, row in lines(brand, "marketing_automation")]
    assert len(rows) == len({row["log_id"] for row in rows}) == truth["counts"]["automation_rows"]
    issued = {row["coupon_id"]: row for row in rows if row["event"] == "coupon_issue"}
    used = [row for row in rows if row["event"] == "coupon_redeem"]
    paid = {event["properties"]["order_id"] for event in sensors if event["event"] == "PayOrder"}
    assert len(used) == len({row["coupon_id"] for row in used}) > 0
    assert {row["order_id"] for row in used} <= paid
    assert all(row["occurred_at"] >= issued[row["coupon_id"]]["occurred_at"] for row in used)
    exposed = Counter(
        (row["experiment_id"], row["phone"])
        for row in rows
        if row["event"] == "experiment_exposure"
    )
    # partners may have one phone
    assert max(exposed.values()) <= 2


def test_the_crm_tells_of_every_version_of_a_lead_in_its_order(
    brand: Summary, truth: dict[str, Any]
) -> None:
    known: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, line in lines(brand, "fxiaoke_crm"):
        for item in line["response"]["data"]["dataList"]:
            changed = datetime.fromtimestamp(item["last_modified_time"] / 1000, BEIJING)
            assert changed.date().isoformat() == path.name[:10]
            known[item["_id"]].append(item)
    leads = [versions for versions in known.values() if "mobile" in versions[0]]
    assert 0 < len(leads) <= truth["counts"]["leads"]
    assert sum(map(len, known.values())) == truth["counts"]["crm_objects"]
    assert {versions[0]["leads_status"] for versions in leads} == {"un_assigned"}
    reached = {versions[-1]["leads_status"] for versions in leads}
    assert {"un_processed", "processed", "transformed"} <= reached


def receipt_rows(brand: Summary) -> list[dict[str, str]]:
    """Return every line that the tills exported."""
    return [
        row
        for path in files(brand, "pos_receipts")
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    ]


def test_phones_in_the_files_belong_to_the_people(brand: Summary, truth: dict[str, Any]) -> None:
    owners = phone_owners(brand)
    assert set().union(*owners.values()) == set(range(PEOPLE))
    assert not owners.keys() & set(truth["default_phones"])
    known = owners.keys() | set(truth["default_phones"])
    written = set()
    for _, line in lines(brand, "sms_reports"):
        written.update(report["phone_number"] for report in json.loads(line["body"]))
    for _, line in lines(brand, "taobao_trades"):
        answer = line["response"]["trades_sold_increment_get_response"]
        written.update(
            trade["receiver_mobile"]
            for trade in answer["trades"]["trade"]
            if "receiver_mobile" in trade
        )
    written.update(row["手机号"] for row in receipt_rows(brand))
    masked = {phone for phone in written if "*" in phone}
    assert masked
    assert {"+86" + national(phone) for phone in written - masked if phone} <= known
    assert any(phone.startswith("+86 ") for phone in written)
    assert any(re.fullmatch(r"170-\d{4}-\d{4}", phone) for phone in written)


def test_tills_type_one_phone_for_many(brand: Summary, truth: dict[str, Any]) -> None:
    listed = Path(__file__).parents[2] / "seeds" / "identifier_blocklist.csv"
    blocked = [phone for phone in truth["default_phones"] if phone[3:] in listed.read_text()]
    assert len(blocked) == 1
    assert len(truth["default_phones"]) == 2
    typed = defaultdict(set)
    for row in receipt_rows(brand):
        if "+86" + row["手机号"] in truth["default_phones"]:
            typed[row["手机号"]].add((row["会员号"], row["门店编号"], row["小票号"]))
    assert len(typed) == 2
    for receipts in typed.values():
        members = {member for member, _, _ in receipts}
        assert "" in members
        assert len(members - {""}) > 1
    receipts = {receipt[1:] for each in typed.values() for receipt in each}
    assert len(receipts) == truth["counts"]["pos_receipts_with_default_phone"]


def test_phones_are_handed_on_after_a_rest(
    brand: Summary, truth: dict[str, Any], sensors: list[dict[str, Any]]
) -> None:
    owners = phone_owners(brand)
    recycled = {entry["phone"]: entry for entry in truth["recycled_phones"]}
    assert len(recycled) == PEOPLE // 200
    members = {
        row["identifier_value"]: row["person_id"]
        for row in rows(brand, "identifiers")
        if row["identifier_type"] == "member_id"
    }
    used = defaultdict(set)
    for event in sensors:
        ids = event["identities"]
        if "$identity_mobile" in ids and "$identity_login_id" in ids:
            day = datetime.fromtimestamp(event["time"] / 1000, BEIJING).date() - date(2026, 7, 1)
            phone = "+86" + national(ids["$identity_mobile"])
            used[phone].add((day.days, members[ids["$identity_login_id"]]))
    handed_on = 0
    for phone, entry in recycled.items():
        first, last = entry["person_ids"]
        assert owners[phone] == {first, last}
        before = {day for day, person in used[phone] if person == first}
        after = {day for day, person in used[phone] if person == last}
        assert len(used[phone]) == len(before) + len(after)
        assert max(before, default=0) < DAYS // 5 < entry["handed_on"] <= min(after, default=DAYS)
        handed_on += bool(before and after)
    assert handed_on > 0


def test_couples_share_devices_and_some_a_phone(
    brand: Summary, truth: dict[str, Any], sensors: list[dict[str, Any]]
) -> None:
    owners = defaultdict(set)
    for row in rows(brand, "identifiers"):
        owners[row["identifier_type"], row["identifier_value"]].add(row["person_id"])
    handed_on = {entry["phone"] for entry in truth["recycled_phones"]}
    shared = {
        key: people for key, people in owners.items() if len(people) > 1 and key[1] not in handed_on
    }
    assert {kind for kind, _ in shared} >= {"cookie_id", "device_id", "phone"}
    for people in shared.values():
        first, second = sorted(people)
        assert (first % 2, second) == (0, first + 1)
    keys = {
        "$identity_cookie_id": "cookie_id",
        "$identity_android_id": "device_id",
        "$identity_idfv": "device_id",
    }
    logins = defaultdict(set)
    for event in sensors:
        ids = event["identities"]
        for key in keys.keys() & ids.keys():
            if (keys[key], ids[key]) in shared and "$identity_login_id" in ids:
                logins[keys[key], ids[key]].add(ids["$identity_login_id"])
    assert any(len(members) == 2 for (kind, _), members in logins.items() if kind == "cookie_id")
    assert all(len(members) <= 2 for members in logins.values())


def test_touches_are_told_apart(brand: Summary, truth: dict[str, Any]) -> None:
    touches = rows(brand, "touches")
    assert Counter(row["channel"] for row in touches) == truth["touches"]
    assert len(truth["touches"]) == 12
    assert all(0 <= row["person_id"] < PEOPLE for row in touches)


def test_channels_without_effect_lose_nothing(brand: Summary, truth: dict[str, Any]) -> None:
    effects = json.loads((brand.directory / "truth" / "channel_effects.json").read_text())
    lost = {name: effect["expected_lost"] for name, effect in effects["channels"].items()}
    assert {name for name, value in lost.items() if value == 0} == {
        "baidu_sem",
        "direct",
        "referral",
    }
    assert max(lost, key=lambda name: lost[name]) in {"douyin_ads", "xiaohongshu", "sms"}
    named = sum(row["person_id"] is not None for row in rows(brand, "conversions"))
    # somebody bought what was withdrawn, too; whether it was a walk-in is not told
    withdrawn = truth["orders"]["pos_receipts"]["withdrawn"]
    assert named <= effects["conversions"] <= named + withdrawn


def test_busier_people_leave_more_events(tmp_path: Path) -> None:
    usual = write_sample_brand(tmp_path / "usual", 100, 10)
    busy = write_sample_brand(tmp_path / "busy", 100, 10, events_per_person=300)
    assert 7 < busy.events / usual.events < 13
