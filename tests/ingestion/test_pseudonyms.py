"""Nothing personal ever reaches a disk, and one person always gets one pseudonym."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.identifiers import phone_identifiers
from ingestion.pseudonyms import (
    SECRETS,
    Pseudonymiser,
    configured_pseudonymiser,
    may_be_personal,
)
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.wire import PSEUDONYMISER

PHONE, ID_NUMBER, IMEI, EMAIL = (
    "13912345678", "11010519491231002X", "490154203237518", "li.hua@example.com"
)  # fmt: skip
PERSONAL = (PHONE, ID_NUMBER, IMEI, EMAIL)
SPELLINGS = [
    "13912345678", "+8613912345678", "+86 139 1234 5678", "8613912345678", "008613912345678",
    "013912345678", "139-1234-5678", "(+86)139 1234 5678", " 13912345678\t",
    "１３９１２３４５６７８", "＋８６ 139 1234 5678", "139\u00a01234\u00a05678", "139 123 45678",
    "13912345678.0",
    "'13912345678", '="13912345678"', "\u202d139 1234 5678\u202c", 13912345678, 13912345678.0,
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS, ids=repr)
def test_every_spelling_of_a_phone_gives_one_token(spelling: object) -> None:
    assert PSEUDONYMISER.phone(spelling) == PSEUDONYMISER.phone(PHONE) is not None


@pytest.mark.parametrize(
    "text", ["139****5678", "", "12912345678", "1391234567", "139123456789", "a13912345678", "nan"]
)
def test_what_is_no_whole_phone_is_none(text: str) -> None:
    assert PSEUDONYMISER.phone(text) is None


def test_what_is_a_token_already_stays_as_it_is() -> None:
    token = PSEUDONYMISER.phone("13800138001")
    assert token
    assert PSEUDONYMISER.phone(token) == PSEUDONYMISER.scrub(token) == token
    hashed = PSEUDONYMISER.vendor_hash("imei_md5", "8d3ebd3654fb46a2832296669cf1b536")
    assert PSEUDONYMISER.vendor_hash("imei_md5", hashed) == hashed
    mail = PSEUDONYMISER.secret("email", "li@example.com")
    assert PSEUDONYMISER.secret("email", mail) == PSEUDONYMISER.scrub(mail) == mail
    # what only looks like a token is hashed as anything else
    assert PSEUDONYMISER.phone("phone.k1.x") is None
    assert PSEUDONYMISER.vendor_hash("imei_md5", "imei_md5.k1.short") != "imei_md5.k1.short"


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("Li.Hua@Mail.Acme.com.CN ", "mail.acme.com.cn"),
        ("li%40acme.cn", "acme.cn"),
        ("li@xn--fiqs8s.xn--55qx5d", "xn--fiqs8s.xn--55qx5d"),
        # whose number it is, is nobody's company
        ("li@13912345678.com", None),
        ("li@acme.cn;wang@acme.cn", None),
        ("li@localhost", None),
        ("13912345678", None),
        (PSEUDONYMISER.secret("email", "li@acme.cn"), None),
        (None, None),
    ],
)
def test_an_address_tells_its_company_and_a_token_tells_none(
    value: object, domain: str | None
) -> None:
    assert PSEUDONYMISER.email_domain(value) == domain


def test_a_vendors_hash_meets_the_phone() -> None:
    _, md5, sha256 = phone_identifiers(PSEUDONYMISER.phone("+86 139-1234-5678") or "")
    for identifier_type, identifier in (("md5", md5), ("sha256", sha256)):
        vendors = hashlib.new(identifier_type, PHONE.encode()).hexdigest()
        token = PSEUDONYMISER.vendor_hash(f"phone_{identifier_type}", f" {vendors.upper()}\n")
        assert identifier == f"phone_{identifier_type}::{token.rpartition('.')[2]}"
        assert vendors not in identifier


def test_types_and_keys_are_domains_of_their_own() -> None:
    tokens = {PSEUDONYMISER.token(kind, PHONE) for kind in ("phone", "imei", "email")}
    macs = {token.rpartition(".")[2] for token in tokens}
    other = Pseudonymiser(b"another key of at least 32 bytes", "k2")
    assert len(macs) == 3
    assert other.phone(PHONE) != PSEUDONYMISER.phone(PHONE)
    assert other.fingerprint() != PSEUDONYMISER.fingerprint()
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonymiser(b"short")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("证件 11010519491231002X。", "id_number"),
        ("11010519491231002x", "id_number"),
        ("110105 19491231 002X", "id_number"),
        ("q=%3D11010519491231002X", "id_number"),
        ("490154203237518", "imei"),
        ("imei=490154203237518&x", "imei"),
        ("49-015420-323751-8", "imei"),
        ("mail li.hua@example.com now", "email"),
        ("to=Li.Hua%40example.com&x=1", "email"),
        ("to=Li.Hua%2540example.com&x=1", "email"),
        ("to=Li.Hua%252540example.com&x=1", "email"),
        ("tel=139%25201234%25205678", "phone"),
        ("a=b%25253D11010519491231002X", "id_number"),
        ('{"a": "\\\\f11010519491231002X"}', "id_number"),
        ("li.hua＠example.com", "email"),
        ("电话13912345678转", "phone"),
        ("tel13912345678", "phone"),
        ("?p=%2B8613912345678&x=1", "phone"),
        ("?u=a%253Fp%253D13912345678", "phone"),
        ("q=%2013912345678", "phone"),
        ("139%201234%205678", "phone"),
        ("line\\n13912345678", "phone"),
        ("\\u002013912345678", "phone"),
        ("手机：１３９１２３４５６７８", "phone"),
        ("+86-139-1234-5678", "phone"),
        ("139.1234.5678", "phone"),
    ],
)
def test_free_text_is_scrubbed_to_the_same_token(text: str, kind: str) -> None:
    scrubbed = PSEUDONYMISER.scrub(text)
    whole = {"phone": PHONE, "id_number": ID_NUMBER, "imei": IMEI, "email": EMAIL}[kind]
    assert PSEUDONYMISER.scrub(whole) in scrubbed
    assert scrubbed.count(f"{kind}.k1.") == 1
    assert PSEUDONYMISER.scrub(scrubbed) == scrubbed
    assert may_be_personal(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check digit
        "110105194913310025",  # no such month
        "490154203237517",  # wrong check digit
        "1783051506789",
        "HJ490154203237518",
        "Rc060c13912345678",
        "18f6b3eb4d890f-13912345678-7e433c49-3686400-18f6b3eb4d92266",
        "d41d8cd98f00b204e980-13912345678",
        "139123456789012345678901",
        "2026-07-03 10:00:00",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert PSEUDONYMISER.scrub(text) == text


def test_nested_json_is_scrubbed_in_keys_strings_and_numbers() -> None:
    value = {"a": [{PHONE: [f"call {PHONE}", 13912345678, 13912345678.0, 1.5, True, None]}]}
    value["b"] = {"imei": 490154203237518, "n": 42, "f": 2.0}  # type: ignore[assignment]
    scrubbed = PSEUDONYMISER.scrub_values(value)
    token = PSEUDONYMISER.phone(PHONE)
    assert scrubbed["a"] == [{token: [f"call {token}", token, token, 1.5, True, None]}]
    assert scrubbed["b"] == {"imei": PSEUDONYMISER.scrub(IMEI), "n": 42, "f": 2.0}


@given(
    before=st.text(st.sampled_from(list('ag9 ="%\\n中，：/?&-_.')), max_size=6),
    after=st.text(st.sampled_from(list('ag9 ="%\\n中，：/?&-_.')), max_size=6),
    number=st.sampled_from([*PERSONAL, "+86 139 1234 5678", "１３９１２３４５６７８"]),
)
def test_the_cheap_look_never_passes_over_what_scrubbing_would_find(
    before: str, after: str, number: str
) -> None:
    text = f"{before}{number}{after}"
    if PSEUDONYMISER.scrub(text) != text:
        assert may_be_personal(text.encode())
        assert may_be_personal(json.dumps({"x": text}).encode())
        assert may_be_personal(orjson.dumps({"x": text}))
        assert may_be_personal(orjson.dumps({"x": f"\b{text}"}))


@pytest.fixture
def without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMNITOUCH_HMAC_KEY")
    monkeypatch.setattr("dlt.secrets.get", lambda *_: None)


@pytest.mark.usefixtures("without_key")
def test_a_key_is_made_once_and_kept_outside_the_warehouse(tmp_path: Path) -> None:
    secrets = tmp_path / ".dlt" / "secrets.toml"
    made = configured_pseudonymiser(secrets)
    assert secrets.stat().st_mode & 0o777 == 0o600
    key = secrets.read_text().split('hmac_key = "')[1].split('"')[0]
    assert Pseudonymiser(key.encode()).fingerprint() == made.fingerprint()
    assert configured_pseudonymiser(secrets).fingerprint() == made.fingerprint()


@pytest.mark.usefixtures("without_key")
def test_a_new_key_leaves_other_secrets_alone(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('# ours\n[omnitouch]\nhmac_key_id = "k7"\n\n[destination]\npassword = "p"\n')
    made = configured_pseudonymiser(secrets)
    assert made.key_id == "k7"
    assert configured_pseudonymiser(secrets).fingerprint() == made.fingerprint()
    text = secrets.read_text()
    assert text.startswith("# ours")
    assert tomllib.loads(text)["destination"] == {"password": "p"}


@pytest.mark.usefixtures("without_key")
def test_first_runs_at_the_same_time_agree_on_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # every one of them has looked for a key, and found none, before the first one writes
    found_none = threading.Barrier(8)

    def find_nothing(name: str, _: type) -> None:
        if name == "omnitouch.hmac_key_id":
            found_none.wait()

    monkeypatch.setattr("dlt.secrets.get", find_nothing)
    secrets = tmp_path / ".dlt" / "secrets.toml"
    with ThreadPoolExecutor(8) as runs:
        made = list(runs.map(configured_pseudonymiser, [secrets] * 8))
    assert len({run.fingerprint() for run in made}) == 1
    assert secrets.read_text().count("hmac_key =") == 1


def test_the_key_file_is_the_projects_whatever_the_current_directory() -> None:
    assert wire.PROJECT / ".dlt" / "secrets.toml" == SECRETS
    assert configured_pseudonymiser.__defaults__ == (SECRETS,)


def uncompressed(path: Path) -> bytes:
    """What a file holds, however it is packed."""
    content = path.read_bytes()
    if content[:4] == b"PAR1":
        return str(pq.read_table(path).to_pylist()).encode()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


ENTRY = """
  - name: {name}
    path: "{path}"
    shape: orders
    key: [phone, order]
    columns: {{occurred_at: time, amount: amount, product: note, customer: customer}}
    identifiers: {{phone: phone, id_number: id, imei: imei, email: mail}}
"""


def test_nothing_personal_is_on_disk_whatever_field_held_it(warehouse: Warehouse) -> None:
    marker = "花间MARKER0815"
    everything = f"{marker} {' '.join(PERSONAL)} +86 139-1234-5678"
    in_url = "https://x.example/?" + "&".join(
        f"k{at}={quote(one)}" for at, one in enumerate(PERSONAL)
    )
    odd = {
        "note": everything, "url": in_url, "nested": [{"deep": {PHONE: [everything]}}],
        "numbers": [int(PHONE), float(PHONE), int(IMEI)], "twice": quote(quote(f"={PHONE}")),
    }  # fmt: skip
    event = wire.sensors_event(1, distinct_id=PHONE, properties=odd)
    wire.deliver(
        warehouse,
        "sensors",
        [
            wire.sensors(event, user_agent=everything),
            wire.sensors(event | {"_track_id": 2}, event | {"_track_id": 3}, zipped=True),
            wire.sensors(event | {"time": "never"}),
            wire.sensors(event) | {"received_at": everything},
            f'{{"broken": "{everything}", "url": "a%3D{PHONE}%40", ',
            "x" * 1991 + " " + PHONE,
        ],
        name="2026-07-03.jsonl.gz",
    )
    wire.deliver(
        warehouse,
        "wechat_oa",
        [wire.wechat_oa(1, MsgType="text", Content=everything), f"<xml>{everything}"],
    )
    wire.deliver(warehouse, "wechat_users", [wire.wechat_users(1, remark=everything, extra=odd)])
    trade = wire.trade(1, receiver_name=everything, receiver_mobile=PHONE, extra=odd)
    wire.deliver(warehouse, "taobao_trades", [wire.taobao_trades(trade, {**trade, "tid": None})])
    wire.deliver(warehouse, "ocean_reports", [wire.ocean_reports(1, cdp_promotion_name=everything)])
    click = wire.ocean_clicks(1, ua=everything, page=f"{in_url}\n{PHONE}", imei=IMEI)
    wire.deliver(warehouse, "ocean_clicks", [click, wire.ocean_clicks(2, ts="", ua=everything)])
    wire.deliver(
        warehouse,
        "pos_receipts",
        [
            wire.pos_row(1, phone=PHONE, member=EMAIL, cashier=everything),
            wire.pos_row(2, amount=PHONE[:3] + "x", cashier=everything),
            f"{everything},too,short",
        ],
    )
    wire.deliver(
        warehouse,
        "sms_reports",
        [wire.sms_reports(1, phone_number=PHONE, err_msg=everything), everything],
    )
    folder = warehouse.root.parent
    header = "time,amount,note,customer,phone,order,id,imei,mail\n"
    row = f"{{time}},1.00,{everything},{PHONE},{PHONE},1,{ID_NUMBER},{IMEI},{EMAIL}\n"
    (folder / f"crm_{PHONE}.csv").write_text(
        header + row.format(time="2026-07-03") + row.format(time=PHONE), encoding="utf-8"
    )
    (folder / "wrong.csv").write_text(everything + "\n" + everything, encoding="utf-8")
    entries = ENTRY.format(name="crm", path=f"crm_{PHONE}.csv")
    manifest = wire.declare(
        folder, f"files:{entries}{ENTRY.format(name='wrong', path='wrong.csv')}"
    )
    done = wire.command(warehouse, "load", manifest)
    assert done.returncode == 2, done.stdout + done.stderr

    encodings = [one.encode() for one in PERSONAL]
    encodings += [
        base64.b64encode(b"x" * skip + one)[4:-4] for one in encodings for skip in (3, 1, 2)
    ]
    found_marker = set()
    for path in warehouse.root.rglob("*"):
        if not path.is_file() or path.is_relative_to(warehouse.landing):
            continue
        content = uncompressed(path)
        if marker.encode() in content:
            found_marker.add(path.suffix)
        for secret in encodings:
            assert secret not in content, (path.name, secret)
    cells = {
        str(cell)
        for table in wire.tables(warehouse)
        for row in wire.raw(warehouse, table, "*")
        for cell in row
    }
    digits_only = {"".join(filter(str.isalnum, cell)) for cell in cells}
    for secret in (*PERSONAL, quote(EMAIL), PHONE[:10]):
        assert not [cell for cell in cells if secret in cell]
    assert not [cell for cell in digits_only if PHONE in cell or ID_NUMBER in cell]
    assert sum(marker in cell for cell in cells) >= 15
    assert {".duckdb"} <= found_marker
    assert not [text for text in (done.stdout, done.stderr) for one in PERSONAL if one in text]
    landed = wire.records(warehouse)
    assert {name: len(rows) for name, rows in landed.items()} == {
        "sensors": 3, "wechat_oa": 1, "wechat_users": 1, "taobao_trades": 1, "ocean_reports": 1,
        "ocean_clicks": 1, "pos_receipts": 1, "sms_reports": 1, "declared": 1,
    }  # fmt: skip
    assert len(wire.quarantine(warehouse)) == 12
