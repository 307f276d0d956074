"""Any table lands by its manifest: every shape, every format, and real files nobody here wrote."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import exchange_rates
from ingestion.manifest import read_manifest
from ingestion.records import BadRecord, Record
from ingestion.sources import declared
from ingestion.sources.declared import NO_CHANNELS
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.wire import PSEUDONYMISER

PHONE = "13912345678"
SHAPES: dict[str, tuple[str, str, dict[str, str]]] = {
    "events": (
        "columns: {occurred_at: 时间, event: 行为, product: 商品, customer: 客户}",
        "2026-07-03 10:00:00,收藏,A1,c1",
        {"occurred_at": "2026-07-03 02:00:00", "event": "收藏", "product": "A1"},
    ),
    "touches": (
        "columns: {occurred_at: 时间, channel: 行为, campaign: 商品, customer: 客户}",
        "2026-07-03 10:00:00,douyin_ads,七夕,c1",
        {"event": "touch", "channel": "douyin_ads", "campaign": "七夕"},
    ),
    "orders": (
        "columns: {occurred_at: 时间, order_id: 行为, amount: 商品, customer: 客户}",
        '2026-07-03 10:00:00,O1,"1,234.50",c1',
        {"status": "paid", "amount": "1234.50", "order_id": "O1"},
    ),
    "ad_spend": (
        "columns: {date: 时间, channel: 行为, cost: 商品}",
        "2026-07-03,sms,99,c1",
        {"date": "2026-07-03", "channel": "sms", "cost": "99"},
    ),
    "paths": (
        "columns: {path: 行为, conversions: 商品}",
        "2026-07-03,a >b> c,3,c1",
        {"path": "a > b > c", "conversions": "3"},
    ),
    "profiles": (
        "columns: {name: 行为, level: 商品, customer: 客户}",
        "2026-07-03,花间,3,c1",
        {"name": "花间", "level": "3"},
    ),
}  # fmt: skip


def entry(shape: str, settings: str, path: str = "table.csv") -> str:
    return f"files:\n  - name: table\n    path: {path}\n    shape: {shape}\n    {settings}\n"


def landed(results: list[Record | BadRecord]) -> list[dict[str, str]]:
    bad = [result for result in results if isinstance(result, BadRecord)]
    assert not bad, bad
    return [json.loads(result.payload) for result in results]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_every_shape_lands_under_the_products_own_names(
    tmp_path: Path, shape: str, encoding: str
) -> None:
    settings, row, expected = SHAPES[shape]
    manifest = wire.declare(tmp_path, entry(shape, f"{settings}\n    encoding: {encoding}"))
    content = f"时间,行为,商品,客户\n{row}\n".encode(encoding)
    (fields,) = landed(wire.read_declared(manifest, content))
    assert expected.items() <= fields.items()
    assert (fields["source"], fields["money_unit"]) == ("table", "yuan")
    people = shape not in ("ad_spend", "paths")
    assert fields.get("identifiers") == ("customer_key:table:c1" if people else None)


def parquet(row: dict[str, Any]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([row]), sink)
    return sink.getvalue().to_pybytes()


COLUMNS = "columns: {occurred_at: at, order_id: id, amount: amount, customer: who}"
FORMATS = [
    ("table.csv", "", b"at,id,amount,who\n2026-07-03 10:00:00,1,9.5,c1\n"),
    ("table.csv", "", b"\xef\xbb\xbfat,id,amount,who\r\n2026-07-03 10:00:00,1,9.5,c1\r\n"),
    ("table.tsv", "", b"at\tid\tamount\twho\n2026-07-03 10:00:00\t1\t9.5\tc1\n"),
    ("table.csv.gz", "",
     gzip.compress(b"at,id,amount,who\n2026-07-03 10:00:00,1,9.5,c1\n", mtime=0)),
    ("table.csv", "separator: ;", b"at;id;amount;who\n2026-07-03 10:00:00;1;9.5;c1\n"),
    ("table.txt", "separator: whitespace\n    header: [at, id, amount, who]",
     b"  2026-07-03T10:00:00   1  9.5 c1\n"),
    ("table.csv", "", b'at,id,"amount",who\n"2026-07-03 10:00:00","1",9.5,"c1"\n'),
    ("table.jsonl", "", b'{"at": "2026-07-03 10:00:00", "id": 1, "amount": 9.5, "who": "c1"}\n'),
    ("table.jsonl.gz", "",
     gzip.compress(
         b'{"at": "2026-07-03 10:00:00", "id": 1, "amount": 9.5, "who": "c1"}\n', mtime=0
     )),
    ("table.dat", "format: jsonl", b'{"at":"2026-07-03 10:00","id":"1","amount":9.5,"who":"c1"}'),
    ("table.parquet", "", parquet({
        "at": pa.scalar(1783072800000000, pa.timestamp("us")).as_py(), "id": 1, "amount": 9.5,
        "who": "c1"})),
]  # fmt: skip


@pytest.mark.parametrize(("path", "settings", "content"), FORMATS)
def test_every_format_gives_the_same_record(
    tmp_path: Path, path: str, settings: str, content: bytes
) -> None:
    manifest = wire.declare(tmp_path, entry("orders", f"{COLUMNS}\n    {settings}", path))
    assert landed(wire.read_declared(manifest, content)) == [
        {
            "status": "paid",
            "occurred_at": "2026-07-03 02:00:00",
            "order_id": "1",
            "amount": "9.5",
            "identifiers": "customer_key:table:c1",
            "source": "table",
            "money_unit": "yuan",
        }
    ]


@pytest.mark.parametrize(
    ("settings", "written", "utc"),
    [
        ("", "2026-07-03 23:30:00", "2026-07-03 15:30:00"),
        ("", "2026-07-03T23:30:00Z", "2026-07-03 23:30:00"),
        ("", "2026-07-03T23:30:00+09:00", "2026-07-03 14:30:00"),
        ("", "2026/7/3 9:05", "2026-07-03 01:05:00"),
        ("", "2026.7.3", "2026-07-02 16:00:00"),
        ("", "20260703", "2026-07-02 16:00:00"),
        ("time_zone: Europe/London", "2026-07-03 12:00:00", "2026-07-03 11:00:00"),
        ("time_zone: Europe/London", "2026-01-03 12:00:00", "2026-01-03 12:00:00"),
        ("time_format: '%d.%m.%Y %H:%M'", "03.07.2026 08:00", "2026-07-03 00:00:00"),
        ("time_format: '%Y年%m月%d日'", "2026年07月03日", "2026-07-02 16:00:00"),
        ("time_format: epoch", "1783051506", "2026-07-03 04:05:06"),
        ("time_format: epoch_ms", "1783051506789", "2026-07-03 04:05:06.789000"),
    ],
)
def test_times_become_utc(tmp_path: Path, settings: str, written: str, utc: str) -> None:
    manifest = wire.declare(tmp_path, entry("orders", f"{COLUMNS}\n    {settings}"))
    content = f"at,id,amount,who\n{written},1,1,c1\n".encode()
    assert landed(wire.read_declared(manifest, content))[0]["occurred_at"] == utc


@pytest.mark.parametrize(
    ("settings", "row", "reason"),
    [
        ("", "2026-07-03,1,-5,c1", "amount is negative"),
        ("", "2026-07-03,1,,c1", "amount (column 'amount') is empty"),
        ("", "2026-07-03,1,free,c1", "amount is no number"),
        ("", "2026-07-03,1,NaN,c1", "amount is not finite"),
        ("", '2026-07-03,1,"2,55",c1', "amount is no number"),
        ("", "2026-07-03,1,1e999999999,c1", "too large"),
        ("", "2026-07-03,1,1e-999999999,c1", "too large or too small"),
        ("", "yesterday,1,5,c1", "occurred_at 'yesterday' is no time"),
        ("", "2099-06-01,1,5,c1", "2099"),
        ("", "0001-01-01,1,5,c1", "before 1990"),
        ("", ",1,5,c1", "occurred_at (column 'at') is empty"),
        ("", "2026-07-03,1,5", "3 fields, the header has 4"),
        ("time_format: epoch", "now,1,5,c1", "no number"),
    ],
)
def test_a_row_that_cannot_be_is_quarantined_beside_good_ones(
    tmp_path: Path, settings: str, row: str, reason: str
) -> None:
    manifest = wire.declare(tmp_path, entry("orders", f"{COLUMNS}\n    {settings}"))
    good = "1783051506" if settings else "2026-07-03"
    content = f"at,id,amount,who\n{good},1,5,c1\n{row}\n{good},2,5,c1\n"
    first, bad, last = wire.read_declared(manifest, content.encode())
    assert (type(first), type(last)) == (Record, Record)
    assert isinstance(bad, BadRecord)
    assert reason in bad.reason
    assert bad.position == "line 3"


def test_the_words_that_are_no_channel_have_a_chinese_name() -> None:
    with (wire.PROJECT / "seeds" / "channels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["channel"] for row in rows if row["channel_group"] == "none"} == set(NO_CHANNELS)


@pytest.mark.parametrize("channel", ["站外 > 红人", "(start)", "unattributed"])
def test_a_channel_that_paths_could_not_hold_is_quarantined(tmp_path: Path, channel: str) -> None:
    touches = "columns: {occurred_at: at, channel: ch}\n    identifiers: {member_id: who}"
    manifest = wire.declare(tmp_path, entry("touches", touches))
    content = f"at,ch,who\n2026-07-03,{channel},1\n2026-07-03,站外,1\n"
    bad, good = wire.read_declared(manifest, content.encode())
    assert isinstance(bad, BadRecord)
    assert channel in bad.reason
    assert "another name" in bad.remedy
    assert isinstance(good, Record)

    paths = "columns: {path: p, conversions: n}\n    path_separator: ;"
    manifest = wire.declare(tmp_path, entry("paths", paths))
    content = f"p,n\nsms;{channel},1\n ; ;,1\nsms;站外,1\n"
    bad, empty, good = wire.read_declared(manifest, content.encode())
    assert isinstance(bad, BadRecord)
    assert isinstance(empty, BadRecord)
    assert "no channel" in empty.reason
    assert landed([good])[0]["path"] == "sms > 站外"


def test_a_currency_needs_a_rate_of_the_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = "currency,valid_from,to_cny\nUSD,2026-07-04,7.1\nCNY,1970-01-01,1\nUSD,2026-07-03,7\n"
    (tmp_path / "exchange_rates.csv").write_text(seed)
    monkeypatch.setattr(exchange_rates, "SEEDS", tmp_path)
    exchange_rates.rated_since.cache_clear()
    settings = "columns: {date: 日期, channel: 渠道, cost: 费用, currency: 币种}"
    manifest = wire.declare(tmp_path, entry("ad_spend", settings))
    rows = ("03,sms,1,usd", "02,sms,1,USD", "03,sms,1,EUR", "03,sms,1,13912345678", "03,sms,1,")
    content = "日期,渠道,费用,币种\n" + "".join(f"2026-07-{row}\n" for row in rows)
    first, *bad, last = wire.read_declared(manifest, content.encode())
    exchange_rates.rated_since.cache_clear()
    assert [fields.get("currency") for fields in landed([first, last])] == ["USD", None]
    assert [record.reason for record in bad if isinstance(record, BadRecord)] == [
        "currency USD has no rate on 2026-07-02",
        "currency EUR has no rate on 2026-07-03",
        "currency is no code of three letters",
    ]
    # by the day of the brand in Shanghai, which is behind Auckland
    zone = "time_zone: Pacific/Auckland"
    columns = "columns: {occurred_at: at, amount: sum, currency: cur, customer: who}"
    manifest = wire.declare(tmp_path, entry("orders", f"{columns}\n    {zone}"))
    content = "at,sum,cur,who\n2026-07-03 02:00:00,1,USD,c1\n2026-07-03 05:00:00,1,USD,c1\n"
    bad, good = wire.read_declared(manifest, content.encode())
    exchange_rates.rated_since.cache_clear()
    assert isinstance(bad, BadRecord)
    assert bad.reason == "currency USD has no rate on 2026-07-02"
    assert landed([good])[0]["currency"] == "USD"


def test_values_constants_units_and_returns(tmp_path: Path) -> None:
    settings = (
        f"{COLUMNS.removesuffix('}')}, status: state}}\n"
        "    values: {status: {已付款: paid, 已退款: refunded}}\n"
        "    constants: {store: 总店}\n"
        "    money_unit: fen\n"
        "    negative_amounts: return"
    )
    manifest = wire.declare(tmp_path, entry("orders", settings))
    content = "at,id,amount,who,state\n2026-07-03,1,-500,c1,已退款\n2026-07-03,2,5,c1,placed\n"
    first, second = landed(wire.read_declared(manifest, content.encode()))
    assert (first["status"], first["store"]) == ("refunded", "总店")
    assert (first["amount"], first["money_unit"]) == ("-500", "fen")
    # a value that is not mapped stays as it is
    assert second["status"] == "placed"


def test_identifiers_meet_those_of_other_sources(tmp_path: Path) -> None:
    identifiers = (
        "identifiers: {phone: tel, phone_md5: md5, id_number: card, 'wechat_open_id:wx1': open}"
    )
    manifest = wire.declare(
        tmp_path, entry("profiles", f"columns: {{customer: who}}\n    {identifiers}")
    )
    content = (
        "who,tel,md5,card,open\n"
        "c 1,+86 139-1234-5678,ABCDEF,11010519491231002x,o1\n"
        "c2,139****5678,,,\n"
        ",,,,o3\n"
    )
    first, masked, open_id = (
        fields.get("identifiers", "").split(" ")
        for fields in landed(wire.read_declared(manifest, content.encode()))
    )
    own, md5, sha256 = (PSEUDONYMISER.phone(PHONE) or "").split(".")[2:]
    assert first[0] == "customer_key:table:c%201"
    assert first[1:4] == [f"phone::{own}", f"phone_md5::{md5}", f"phone_sha256::{sha256}"]
    vendors = PSEUDONYMISER.vendor_hash("phone_md5", "abcdef").rpartition(".")[2]
    assert first[4] == f"phone_md5::{vendors}"
    card = PSEUDONYMISER.scrub("11010519491231002X").rpartition(".")[2]
    assert first[5:] == [f"id_number::{card}", "wechat_open_id:wx1:o1"]
    assert masked == ["customer_key:table:c2"]
    assert open_id == ["wechat_open_id:wx1:o3"]


def test_chinese_headers_stay_apart(tmp_path: Path) -> None:
    columns = "columns: {occurred_at: 时间, product: 商品编码, url: 商品名称, customer: 客户}"
    manifest = wire.declare(tmp_path, entry("events", f"{columns}\n    constants: {{event: 收藏}}"))
    content = "时间,商品编码,商品名称,客户\n2026-07-03,A1,面霜,c1\n".encode()
    (fields,) = landed(wire.read_declared(manifest, content))
    assert (fields["product"], fields["url"]) == ("A1", "面霜")


def test_equal_rows_of_a_file_all_land_and_its_copy_brings_none(warehouse: Warehouse) -> None:
    manifest = wire.declare(warehouse.root, entry("orders", COLUMNS, "table*.csv"))
    text = "at,id,amount,who\n" + "2026-07-03,1,5,c1\n" * 3 + "2026-07-04,2,5,c1\n"
    for name in ("table.csv", "table_copy.csv"):
        (warehouse.root / name).write_text(text)
        outcome = wire.load(warehouse, manifest)
    assert len(wire.raw(warehouse, "declared")) == 4
    assert outcome.rows_duplicate == 4


def test_a_key_keeps_no_hash_that_guesses_would_reverse(warehouse: Warehouse) -> None:
    md5 = "8c8c5f1fcbb2b3fcbb9ad14e4f4b3a1d"
    columns = "columns: {occurred_at: at, event: what}\n    identifiers: {phone_md5: h}"
    manifest = wire.declare(warehouse.root, entry("events", f"{columns}\n    key: [h, at]"))
    (warehouse.root / "table.csv").write_text(f"at,what,h\n2026-07-03 10:00:00,open,{md5}\n")
    assert wire.load(warehouse, manifest).rows_landed == 1
    ((_, payload),) = wire.raw(warehouse, "declared")
    assert md5 not in payload
    assert "phone_md5::" in json.loads(payload)["key"]


def test_a_line_too_deep_to_write_again_stops_no_other(warehouse: Warehouse) -> None:
    columns = "columns: {occurred_at: at, event: what, customer: who}"
    manifest = wire.declare(warehouse.root, entry("events", columns, "table.jsonl"))
    good = '{"at": "2026-07-03 10:00:00", "what": "open", "who": "c1"}'
    deep = '{"at": "2026-07-03 10:00:00", "what": "x", "who": "c2", "x": ' + "[" * 300 + "]" * 300
    (warehouse.root / "table.jsonl").write_text(f"{good}\n{deep}}}\n")
    outcome = wire.load(warehouse, manifest)
    assert (outcome.rows_landed, outcome.rows_quarantined) == (1, 1)
    assert "unexpected shape" in outcome.quarantined[0]


def test_rows_of_a_key_are_versions(warehouse: Warehouse) -> None:
    keyed = f"{COLUMNS}\n    key: [id, who]"
    manifest = wire.declare(warehouse.root, entry("orders", keyed))
    (warehouse.root / "table.csv").write_text(
        "at,id,amount,who\n" + "2026-07-03,1,5,c1\n" * 2 + "2026-07-03,1,6,c1\n2026-07-03,1,5,c2\n"
    )
    outcome = wire.load(warehouse, manifest)
    assert (outcome.rows_landed, outcome.rows_duplicate) == (3, 1)
    payloads = [json.loads(payload) for _, payload in wire.raw(warehouse, "declared")]
    told = sorted((row["key"], row["amount"]) for row in payloads)
    assert told == [("1 | c1", "5"), ("1 | c1", "6"), ("1 | c2", "5")]


@pytest.mark.parametrize("shape", ["orders", "touches"])
def test_a_row_whose_key_is_empty_is_known_by_what_it_says(
    warehouse: Warehouse, shape: str
) -> None:
    fields = "amount: sum" if shape == "orders" else "channel: ch, event: what, value: sum"
    columns = f"columns: {{occurred_at: at, {fields}, customer: who}}"
    manifest = wire.declare(warehouse.root, entry(shape, f"{columns}\n    key: [id]", "t*.csv"))
    rows = [
        "03,sms,touch,1,,c1",
        "04,sms,touch,2,,c1",
        "05,,purchase,77,,c1",
        "05,,purchase,9,1,c1",
    ]
    text = "at,ch,what,sum,id,who\n" + "".join(f"2026-07-{row}\n" for row in rows)
    for name in ("table.csv", "table_copy.csv"):
        (warehouse.root / name).write_text(text, encoding="utf-8")
        outcome = wire.load(warehouse, manifest)
    assert (len(wire.raw(warehouse, "declared")), outcome.rows_duplicate) == (4, 4)


def test_when_a_row_of_a_database_was_seen_is_no_time_of_the_tables(tmp_path: Path) -> None:
    columns = COLUMNS.replace("{", "{updated_at: _seen_at, ", 1)
    manifest = wire.declare(tmp_path, entry("orders", f"{columns}\n    time_format: epoch_ms"))
    (table,) = read_manifest(manifest)
    row = {"at": "1783051200000", "id": 1, "amount": 5, "who": "c1"}
    text = json.dumps(row | {"_seen_at": "2026-07-04T01:02:03+00:00"})
    file = wire.landed_file("table.jsonl", text.encode())
    (told,) = landed(list(declared.read(replace(table, format="messages"), file, PSEUDONYMISER)))
    assert told["updated_at"] == "2026-07-04 01:02:03"
    assert told["occurred_at"].startswith("2026-07-03")


def test_a_row_of_a_database_needs_its_key(tmp_path: Path) -> None:
    manifest = wire.declare(tmp_path, entry("orders", f"{COLUMNS}\n    key: [id]", "table.jsonl"))
    (table,) = read_manifest(manifest)
    rows = [{"at": "2026-07-03", "id": number, "amount": 5, "who": "c1"} for number in ("", 1)]
    file = wire.landed_file("table.jsonl", "\n".join(map(json.dumps, rows)).encode())
    bad, good = declared.read(replace(table, format="messages"), file, PSEUDONYMISER)
    assert isinstance(bad, BadRecord)
    assert (bad.reason, bad.position) == ("key (id) is empty", "line 1")
    assert landed([good])[0]["key"] == "1"


def test_of_events_the_first_row_of_a_key_counts(warehouse: Warehouse) -> None:
    columns = "columns: {occurred_at: at, event: what, customer: who}\n    key: [id]"
    rows = ["1,2026-07-03 10:00:00,签到,c1", "2,2026-07-03 10:00:00,签到,c1"]
    path = warehouse.root / "table.csv"
    manifest = wire.declare(warehouse.root, entry("events", columns))
    path.write_text("\n".join(["id,at,what,who", *rows, ""]), encoding="utf-8")
    assert wire.load(warehouse, manifest).rows_landed == 2
    path.write_text("id,at,what,who\n2,2026-07-04 10:00:00,签退,c1\n", encoding="utf-8")
    assert wire.load(warehouse, manifest).rows_duplicate == 1
    payloads = [json.loads(payload) for _, payload in wire.raw(warehouse, "declared")]
    assert sorted((row["key"], row["event"]) for row in payloads) == [("1", "签到"), ("2", "签到")]


BROKEN = {
    "mapping.csv": ("", b"at,id,sum,who\n2026-07-03,1,5,c1\n", "column 'amount' not found"),
    "gbk.csv": ("", "时间,at,id,amount,who\n,2026-07-03,1,5,c1\n".encode("gbk"), "no utf-8 text"),
    "twice.csv": ("", b"at,id,amount,who,who\n2026-07-03,1,5,c1,c2\n", "'who' stands in the file"),
    "names.jsonl": ("", b'{"time": "2026-07-03", "id": 1, "amount": 5, "who": "c1"}\n',
                    "column 'at' not found; the file has time, id"),
    "people.jsonl": ("", b'{"at": "2026-07-03", "id": 1, "amount": 5}\n', "column 'who' not found"),
    "columns.parquet": ("", parquet({"at": "2026-07-03", "who": "c1"}), "'id', 'amount' not found"),
    "no.parquet": ("", b"at,id,amount,who\n", "no whole Parquet file"),
    "zip.csv": ("", b"PK\x03\x04\xff\xfe\x00\x00\n", "no utf-8 text"),
    "times.csv": ("time_format: '%d.%m.%Y'", b"at,id,amount,who\n2026-07-03,1,5,c1\n",
                  "is no time"),
}  # fmt: skip


def test_a_file_of_which_nothing_can_be_read_stops_no_other(warehouse: Warehouse) -> None:
    folder = warehouse.root
    folder.mkdir()
    text = "files:\n"
    for name, (settings, content, _) in BROKEN.items():
        (folder / name).write_bytes(content)
        one = entry("orders", f"{COLUMNS}\n    {settings}", name)
        text += one.removeprefix("files:\n").replace("name: table", f"name: {name}")
    (folder / "good.csv").write_text("at,id,amount,who\n2026-07-03,1,5,c1\n")
    text += entry("orders", COLUMNS, "good.csv").removeprefix("files:\n")
    manifest = wire.declare(folder, text)
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1)])

    done = wire.command(warehouse, "load", manifest)
    assert done.returncode == 2, done.stdout + done.stderr
    for name, (_, _, reason) in BROKEN.items():
        (line,) = [line for line in done.stderr.splitlines() if f"/{name}, " in line]
        assert reason in line
    assert len(done.stderr.splitlines()) == len(BROKEN)
    assert {name: len(rows) for name, rows in wire.records(warehouse).items()} == {
        "wechat_oa": 1,
        "declared": 1,
    }
    assert len(wire.quarantine(warehouse)) == len(BROKEN)
    wire.assert_balanced(warehouse)

    # told again, not counted again
    again = wire.load(warehouse, manifest)
    assert len(again.refused) == len(BROKEN)
    assert (again.rows_read, len(wire.quarantine(warehouse))) == (0, len(BROKEN))

    # a corrected mapping is enough: the file itself need not be delivered again
    one = entry("orders", COLUMNS, "mapping.csv").replace("name: table", "name: mapping.csv")
    mended = wire.load(
        warehouse, wire.declare(folder, one.replace("amount: amount", "amount: sum"))
    )
    assert (mended.rows_landed, mended.refused) == (1, [])


def test_a_file_with_bad_rows_among_good_ones_is_no_failure(warehouse: Warehouse) -> None:
    manifest = wire.declare(warehouse.root, entry("orders", COLUMNS))
    (warehouse.root / "table.csv").write_text(
        "at,id,amount,who\n2026-07-03,1,-5,c\n2026-07-03,1,5,c\n"
    )
    done = wire.command(warehouse, "load", manifest)
    assert done.returncode == 0, done.stderr
    assert "table/table.csv, line 2: amount is negative" in done.stdout


def test_times_beyond_the_calendar_stop_no_other_row(tmp_path: Path) -> None:
    sink = pa.BufferOutputStream()
    times = pa.array([1783072800, 10**15, 1783072801], pa.timestamp("s"))
    ones = pa.array(["1"] * 3)
    pq.write_table(pa.table({"at": times, "id": ones, "amount": ones, "who": ones}), sink)
    manifest = wire.declare(tmp_path, entry("orders", COLUMNS, "table.parquet"))
    results = wire.read_declared(manifest, sink.getvalue().to_pybytes())
    assert [type(result) for result in results] == [Record, BadRecord, Record]


REAL = """
files:
  - name: uci
    path: {folder}/orders/uci_online_retail/*.csv
    shape: orders
    negative_amounts: return
    time_zone: Europe/London
    columns: {{customer: CustomerID, order_id: InvoiceNo, occurred_at: InvoiceDate,
      product: StockCode, quantity: Quantity, unit_price: UnitPrice}}
  - name: cdnow
    path: {folder}/orders/cdnow/CDNOW_sample.txt
    shape: orders
    separator: whitespace
    header: [customer, sample_id, day, quantity, amount]
    columns: {{customer: customer, occurred_at: day, quantity: quantity, amount: amount}}
  - name: pathdata
    path: {folder}/attribution/pathdata.csv
    shape: paths
    separator: ";"
    columns: {{path: path, conversions: total_conversions, value: total_conversion_value,
      non_conversions: total_null}}
"""


def test_real_tables_land_row_by_row(shared_data: Path, warehouse: Warehouse) -> None:
    outcome = wire.load(warehouse, wire.declare(warehouse.root, REAL.format(folder=shared_data)))
    uci = 0
    for path in (shared_data / "orders" / "uci_online_retail").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            uci += sum(1 for _ in csv.reader(file)) - 1
    cdnow = (shared_data / "orders" / "cdnow" / "CDNOW_sample.txt").read_text().split("\n")
    expected = {"uci": uci, "cdnow": sum(bool(line.strip()) for line in cdnow), "pathdata": 10_000}
    assert outcome.quarantined == []
    assert outcome.rows_landed == outcome.rows_read == sum(expected.values())
    figures = duckdb.connect(str(warehouse.database), read_only=True).execute(
        "select payload ->> 'source', count(*), count(distinct payload ->> 'identifiers'), "
        "sum((payload ->> 'conversions')::bigint) from raw.declared group by all"
    )
    found = {source: (rows, people, total) for source, rows, people, total in figures.fetchall()}
    assert {source: rows for source, (rows, _, _) in found.items()} == expected
    assert found["cdnow"][1] == 2357
    assert found["pathdata"][2] == 19_785


def test_real_sensors_lines_land_event_by_event(shared_data: Path, warehouse: Warehouse) -> None:
    target = warehouse.landing / "sensors"
    target.mkdir(parents=True)
    for path in (shared_data / "sensors").iterdir():
        shutil.copy2(path, target / f"{path.name}l")
    outcome = wire.load(warehouse)
    lines = [
        line
        for path in (shared_data / "sensors").iterdir()
        for line in path.read_text().splitlines()
        if line.strip()
    ]
    empty = sum(not json.loads(line)["data"] for line in lines)
    assert outcome.rows_quarantined == empty > 0
    assert outcome.rows_landed == outcome.rows_read - empty >= len(lines) - empty > 3
    rows = wire.raw(warehouse, "sensors", "payload")
    assert all(json.loads(payload)["distinct_id"] for (payload,) in rows)


def test_an_order_status_that_nobody_knows_is_quarantined_with_the_words_we_know(
    tmp_path: Path,
) -> None:
    manifest = wire.declare(
        tmp_path,
        entry(
            "orders",
            "columns: {occurred_at: at, amount: amount, status: status, customer: who}\n"
            "    values: {status: {已付款: paid}}",
        ),
    )
    rows = ("已付款", "refunded", "", "已发货", PHONE)
    lines = [f"2026-07-03 10:00:00,9.90,{status},c1" for status in rows]
    *good, shipped, personal = wire.read_declared(
        manifest, "\n".join(["at,amount,status,who", *lines]).encode()
    )
    statuses = [json.loads(record.payload)["status"] for record in good]
    assert statuses == ["paid", "refunded", "paid"]
    assert isinstance(shipped, BadRecord)
    assert shipped.reason == (
        "status '已发货' is none of placed, paid, completed, refunded, cancelled"
    )
    assert "`values: {status: {your word: paid}}`" in shipped.remedy
    # the reason is scrubbed before it is written, the remedy is not
    assert isinstance(personal, BadRecord)
    assert PHONE not in personal.remedy


def test_a_source_starts_over_as_the_documentation_says(warehouse: Warehouse) -> None:
    text = (wire.PROJECT / "docs" / "declared-files.md").read_text(encoding="utf-8")
    code = text.partition("**One declared source**")[2].partition('-c "')[2].partition('"\n')[0]
    manifest = wire.declare(
        warehouse.root,
        "files:"
        + "".join(
            f"\n  - name: {name}\n    path: {name}.csv\n    shape: orders\n"
            "    columns: {occurred_at: at, amount: amount, customer: who}"
            for name in ("crm_orders", "other")
        ),
    )
    for name in ("crm_orders", "other"):
        (warehouse.root / f"{name}.csv").write_text(
            "at,amount,who\n2026-07-03 10:00:00,9.90,c1\n2026-07-04 10:00:00,nothing,c1\n"
        )
    first = wire.load(warehouse, manifest)
    assert (first.files, first.rows_landed, first.rows_quarantined) == (2, 2, 2)
    exec(code.replace("warehouse/omnitouch.duckdb", str(warehouse.database)), {})
    again = wire.load(warehouse, manifest)
    assert (again.files, again.rows_landed, again.rows_quarantined) == (1, 1, 1)
    assert len(wire.raw(warehouse, "declared")) == 2
