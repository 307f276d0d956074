"""File contracts: the schema decides, in JSON lines and in CSV, and gives no value away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ingestion.contracts import FOLDER, contract
from ingestion.identifiers import phone_identifiers
from ingestion.records import BadRecord, Record
from ingestion.sources import SOURCES
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.test_fuzz import fuzz, odd_bytes, odd_documents

CONTRACTS = sorted(path.name.split(".")[0] for path in FOLDER.glob("*.schema.json"))
CONTRACTS.remove("customer")
PHONE_TOKEN = wire.PSEUDONYMISER.phone("13812345678") or ""


def read(source: str, text: str, name: str = "2026-07-03.jsonl") -> list[Record | BadRecord]:
    return wire.read(source, text.encode(), name)


def payload(result: Record | BadRecord) -> dict[str, Any]:
    assert isinstance(result, Record), result
    return json.loads(result.payload)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_a_schema_of_a_source_and_names_its_key_and_time(name: str) -> None:
    agreed = contract(name)
    Draft202012Validator.check_schema(agreed.validator.schema)
    assert name in {source.name for source in SOURCES}
    assert {*agreed.key, agreed.time} <= set(agreed.validator.schema["required"])
    assert all("title" in rule for rule in agreed.fields.values())
    assert len(agreed.headers) == len(agreed.fields)


def test_csv_under_chinese_headers_says_the_same_as_json_lines() -> None:
    (plain,) = read("loyalty", json.dumps(wire.loyalty(1, phone="13812345678", level="金卡")))
    (table,) = read(
        "loyalty",
        "流水号,流水类型,会员号,积分,发生时间,积分余额,手机号,等级,门店编号\n"
        "P1,points_earn,M1,100,2026-07-03 10:00:00,300,138-1234-5678,金卡,\n",
        "2026-07-03.csv",
    )
    assert payload(table) == payload(plain)
    told = payload(plain)
    assert told["occurred_at"] == "2026-07-03 02:00:00"
    assert told["identifiers"].split() == ["member_id::M1", *phone_identifiers(PHONE_TOKEN)]
    assert {"points": 100, "balance": 300, "level": "金卡"}.items() <= told.items()
    assert not {"phone", "member_id"} & told.keys()


def test_lists_and_objects_fit_into_csv_cells() -> None:
    (result,) = read(
        "partner_feeds",
        "合作方,标识类型,标识值,采集时间,失效时间,合法性基础,使用目的,标签,属性\n"
        f"bank,手机号MD5,{'AB' * 16},2026-07-01 00:00:00,2036-07-01 00:00:00,contract,"
        'marketing,高净值；车主,"{""industry"": ""金融"", ""points"": 5}"\n',
        "bank.csv",
    )
    told = payload(result)
    assert told["_tags"] == "高净值|车主"
    assert told["attributes"] == {"industry": "金融", "points": 5}
    assert told["expires_at"] == "2036-06-30 16:00:00"
    hashed = wire.PSEUDONYMISER.vendor_hash("phone_md5", "ab" * 16).rpartition(".")[2]
    assert told["identifiers"] == f"phone_md5::{hashed}"
    assert "ab" * 16 not in result.payload.lower()


def test_what_breaks_a_contract_is_told_by_place_and_rule_never_by_value(
    warehouse: Warehouse,
) -> None:
    secret = {"attributes": {"industry": "肿瘤科", "income": [1]}, "id_value": "13912345678"}
    wire.deliver(
        warehouse,
        "partner_feeds",
        [
            wire.partner_feeds(1, legal_basis=None, **secret),
            wire.partner_feeds(2, **secret),
            wire.partner_feeds(3),
        ],
    )
    outcome = wire.load(warehouse)
    assert (outcome.rows_landed, outcome.rows_quarantined) == (1, 2)
    rows = wire.raw(warehouse, "quarantine", "reason, remedy, excerpt")
    assert {reason for reason, _, _ in rows} == {
        "the row lacks legal_basis",
        "attributes.income is no string, number, boolean",
    }
    assert all("partner_feeds.schema.json" in remedy and not shown for _, remedy, shown in rows)
    assert "肿瘤科" not in str(rows)


def test_a_changed_row_is_a_version_and_a_redelivered_one_is_not(warehouse: Warehouse) -> None:
    first, changed = wire.loyalty(1), wire.loyalty(1, balance=400)
    wire.deliver(warehouse, "loyalty", [first], "1.jsonl")
    wire.deliver(warehouse, "loyalty", [first, changed], "2.jsonl")
    outcome = wire.load(warehouse)
    assert (outcome.rows_landed, outcome.rows_duplicate) == (2, 1)
    keys = {json.loads(text)["_key"] for _, text in wire.raw(warehouse, "loyalty")}
    assert len(keys) == 1


def test_a_webhook_of_jinshuju_is_read_by_the_rules_of_its_form() -> None:
    line = wire.jinshuju(7, x_field_weixin_openid="o7", field_3="长沙", field_4=["面霜", "精华"])
    (result,) = read("registration_forms", json.dumps(line))
    told = payload(result)
    assert told["identifiers"].split() == [
        *phone_identifiers(PHONE_TOKEN),
        "wechat_open_id:jinshuju:o7",
    ]
    assert told["attributes"] == {"city": "长沙"}
    assert told["_tags"] == "面霜|精华"
    assert told["form_name"] == "秋季新品体验会"
    assert told["submitted_at"] == "2026-07-03 02:00:00"
    assert "李雷" not in result.payload


def test_identifier_rules_are_data_for_declared_files(tmp_path: Path) -> None:
    manifest = wire.declare(
        tmp_path,
        "files:\n"
        "  - name: cards\n    source: bank\n    path: cards.csv\n    shape: profiles\n"
        "    columns: {level: 卡等级, tags: 标签}\n"
        "    identifiers: {联名卡号: 卡号, 手机号MD5: 手机}\n",
    )
    (result,) = wire.read_declared(
        manifest, f"卡号,卡等级,标签,手机\nB 1,白金,车主;高净值,{'ab' * 16}\n".encode()
    )
    told = payload(result)
    hashed = wire.PSEUDONYMISER.vendor_hash("phone_md5", "ab" * 16).rpartition(".")[2]
    assert told["identifiers"].split() == ["customer_key:bank:B%201", f"phone_md5::{hashed}"]
    assert told["tags"] == "车主|高净值"


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_csv_row_stops_a_contract(name: str) -> None:
    row = wire.GOOD_LINES[name](1)
    header = ",".join(row)

    def cells(values: dict[str, Any]) -> str:
        texts = (json.dumps(v) if isinstance(v, dict | list) else str(v) for v in values.values())
        return ",".join('"' + text.replace('"', '""') + '"' for text in texts)

    good = [cells({**wire.GOOD_LINES[name](at)}) for at in (1, 2)]
    first, last = read(name, "\n".join([header, *good]), "a.csv")
    assert isinstance(first, Record)
    odd_rows = st.one_of(
        odd_documents(row).filter(lambda odd: isinstance(odd, dict)).map(cells).map(str.encode),
        odd_bytes(good[0].encode()),
    ).map(lambda text: text.replace(b"\n", b" ").replace(b"\r", b" "))

    @fuzz
    @given(odd=odd_rows)
    def check(odd: bytes) -> None:
        content = b"\n".join([header.encode(), good[0].encode(), odd, good[1].encode()])
        results = wire.read(name, content, "a.csv")
        assert results[0] == first
        assert results[-1] == last
        assert len(results) == 2 + bool(odd.strip())

    check()


def test_no_webhook_of_a_form_stops_the_reader() -> None:
    good = [wire.jinshuju(at) for at in (1, 2)]
    pushed = json.loads(good[0]["body"])
    (first, last) = wire.read("registration_forms", wire.text_of("registration_forms", good))

    @fuzz
    @given(odd=odd_documents(pushed).map(lambda body: wire.gateway(body=json.dumps(body))))
    def check(odd: wire.Line) -> None:
        lines = [good[0], odd, good[1]]
        results = wire.read("registration_forms", wire.text_of("registration_forms", lines))
        assert results[0] == first
        assert results[-1] == last
        assert len(results) == 3

    check()
