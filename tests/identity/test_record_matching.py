"""Records of CRM exports: who is probably one person, and that no name leaves the files."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import networkx as nx
import pytest

from ingestion.loading import run
from ingestion.manifest import ManifestError
from ingestion.matching.declaration import read_declaration
from ingestion.matching.matching import match
from ingestion.matching.records import read_records
from ingestion.matching.scoring import score
from ingestion.warehouse import Warehouse, WarehouseBusyError
from tests.ingestion import wire
from tests.warehouse import worlds

FAKE = """
files:
  - path: {}
    id: {{"customer_key:crm": unique_id}}
    columns: {{first_name: first_name, surname: surname, birth_date: dob, city: city, email: email}}
"""
HEADER = "会员号,姓名,生日,城市,地址"
PAGE = """
name: members
keep_from: {keep_from}
files:
  - path: members.csv
    encoding: gbk
    id: {{member_id: 会员号}}
    columns: {{full_name: 姓名, birth_date: 生日, city: 城市, address: 地址}}
  - path: tills.jsonl
    id: {{phone: 手机}}
    columns: {{full_name: 顾客, birth_date: 出生, city: 城市, address: 住址}}
"""
# Each beside what somebody else wrote of the same person.
TWICE = [
    (
        "M9001,欧阳晓彤,1987-03-12,上海,世纪大道100弄7号1201室",
        "M9002,欧阳小彤,1987-03-12,上海市,世纪大道100弄7号1201",
    ),
    (
        "M9003,司徒静怡,1991-11-05,杭州,文三路258号5幢302",
        "M9004,司徒静怡,1991-11-50,杭州,文三路258号5幢302室",
    ),
    (
        "M9005,诸葛明亮,1979-07-21,南京,中山北路33号",
        "M9006,诸葛 明亮,1979/7/12,南京,中山北路33号",
    ),
]
OF_TILL = ("M9007,慕容雪梅,1983-02-09,苏州,干将东路818号", "13912345678")
NAMES = (
    "欧阳晓彤",
    "欧阳小彤",
    "司徒静怡",
    "诸葛明亮",
    "诸葛 明亮",
    "慕容雪梅",
    "干将东路",
    "世纪大道",
)

# Kills itself where names are in the temporary files of its database.
KILLED = """
import os, signal
from ingestion.__main__ import main
from ingestion.matching import scoring

def killed(database, *_):
    database.execute("set memory_limit = '100MB'")
    database.execute(
        "create table spilled as select one.*, uuid() as more, repeat(uuid()::varchar, 20) as most "
        "from records as one, range(40_000)"
    )
    os.kill(os.getpid(), signal.SIGKILL)

scoring._pairs = killed
main()
"""


def strangers(count: int) -> list[str]:
    """Members of whom none is another, as far as their records tell."""
    draw = random.Random(7)
    surnames, given = (
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红玲飞",
    )
    streets = ("人民路", "解放路", "建设路", "和平路", "新华路", "长江路", "黄河路", "友谊路")
    return [
        f"M{1000 + number},{draw.choice(surnames)}{''.join(draw.choices(given, k=2))},"
        f"{draw.randint(1955, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02},"
        f"{draw.choice(('上海', '杭州', '南京', '苏州', '宁波'))},"
        f"{draw.choice(streets)}{draw.randint(1, 900)}号{draw.randint(1, 30)}幢"
        f"{draw.randint(101, 2500)}"
        for number in range(count)
    ]


def write(folder: Path, rows: Iterable[str], keep_from: float = 0.5) -> Path:
    folder.mkdir(exist_ok=True)
    text = "\n".join((HEADER, *rows, ""))
    (folder / "members.csv").write_bytes(text.encode("gbk"))
    _, name, day, city, address = OF_TILL[0].split(",")
    till = {"手机": OF_TILL[1], "顾客": name, "出生": day, "城市": city, "住址": address}
    bills = (till, till, till | {"手机": "139****5678"})
    lines = "".join(json.dumps(bill, ensure_ascii=False) + "\n" for bill in bills)
    (folder / "tills.jsonl").write_text(lines, encoding="utf-8")
    page = folder / "records.yml"
    page.write_text(PAGE.format(keep_from=keep_from), encoding="utf-8")
    return page


def matches(warehouse: Warehouse, where: str = "true") -> set[tuple[str, str]]:
    query = f"select one_identifier, other_identifier from raw.record_matches where {where}"
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        return set(database.execute(query).fetchall())


def pair(one: str, other: str) -> tuple[str, str]:
    return tuple(sorted(f"member_id::{row.partition(',')[0]}" for row in (one, other)))


def quality(pairs: list[tuple[str, str]], truth: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the pairs of records that are in one cluster."""
    graph = nx.Graph(pairs)
    graph.add_nodes_from(truth)
    clusters = [Counter(truth[node] for node in found) for found in nx.connected_components(graph)]
    right = sum(size * (size - 1) // 2 for cluster in clusters for size in cluster.values())
    joined = sum(cluster.total() * (cluster.total() - 1) // 2 for cluster in clusters)
    really = sum(size * (size - 1) // 2 for size in Counter(truth.values()).values())
    precision, recall = right / joined, right / really
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_records_of_known_people_are_joined_and_of_others_are_not(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "identity" / "fake_1000.csv"
    page = tmp_path / "fake.yml"
    page.write_text(FAKE.format(path), encoding="utf-8")
    declaration = read_declaration(page)
    scored = score(read_records(declaration, wire.PSEUDONYMISER), 0.5, tmp_path)
    with path.open(encoding="utf-8") as file:
        truth = {
            f"customer_key:crm:{row['unique_id']}": row["cluster"] for row in csv.DictReader(file)
        }
    precision, recall, f1 = quality([found[:2] for found in scored.pairs], truth)
    assert precision > 0.95
    assert recall > 0.96
    assert f1 > 0.96


def test_a_chinese_file_comes_to_staging_as_pairs_of_identifiers_and_a_new_run_replaces_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    everybody = [*strangers(400), *(row for two in TWICE for row in two), OF_TILL[0]]
    broken = f"M9010,{NAMES[0]},1990-01-01"
    said = match(warehouse, write(tmp_path / "files", [*everybody, broken]))

    phone = wire.PSEUDONYMISER.phone(OF_TILL[1]).split(".")[2]
    expected = {pair(*two) for two in TWICE} | {("member_id::M9007", f"phone::{phone}")}
    assert matches(warehouse) == expected
    assert said[0] == "members: 411 records read = 408 distinct + 1 repeated + 2 left out"
    assert said[1].startswith("  left out: members.csv, line 409: 3 fields, the header has 5.")
    assert said[2].startswith("  left out: tills.jsonl, line 3: it has no identifier.")

    worlds.dbt(warehouse.root, "build", "--select", "stg_record_matches__links")
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        staged = database.execute(
            "select count(*), count(distinct identifier_id), min(probability) "
            "from staging.stg_record_matches__links"
        ).fetchall()
        evidence = dict(
            database.execute("select one_identifier, evidence from raw.record_matches").fetchall()
        )
    assert staged[0][:2] == (4, 4)
    assert staged[0][2] >= 0.5
    assert evidence["member_id::M9001"] == "full_name~ birth_date= city= address~"
    nothing_tells((*NAMES, OF_TILL[1]), warehouse, "\n".join([*said, *capfd.readouterr()]))

    # a record goes, and its pair; of another declaration nothing does
    other = write(tmp_path / "others", everybody)
    other.write_text(other.read_text(encoding="utf-8").replace("name: members", "name: others"))
    match(warehouse, other)
    first = matches(warehouse, "declaration = 'others'")
    match(warehouse, write(tmp_path / "files", [row for row in everybody if "M9002" not in row]))
    assert matches(warehouse, "declaration = 'members'") == expected - {pair(*TWICE[0])}
    # the same records in another order make the same pairs
    assert matches(warehouse, "declaration = 'others'") == first == expected
    match(warehouse, write(tmp_path / "files", strangers(400)[::-1]))
    assert matches(warehouse, "declaration = 'members'") == set()
    # and a load forgets none of it
    run(warehouse, [], lambda _: None)
    assert matches(warehouse) == expected


def nothing_tells(values: tuple[str, ...], warehouse: Warehouse, said: str) -> None:
    """No value stands in any table, file or line; an identifier does, so the search finds."""
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        names = database.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        tables = [
            database.execute(f"select t::varchar from {schema}.{name} as t").fetchall()
            for schema, name in names
        ]
    texts = [
        said.encode(),
        repr(tables).encode(),
        *(path.read_bytes() for path in warehouse.root.rglob("*") if path.is_file()),
    ]
    assert any(b"member_id::M9001" in text for text in texts)
    for value in values:
        for encoding in ("utf-8", "gbk"):
            assert not any(value.encode(encoding) in text for text in texts)


def test_what_a_killed_run_could_not_hold_in_memory_is_gone_with_the_next(tmp_path: Path) -> None:
    warehouse, temporary = Warehouse(tmp_path / "warehouse"), tmp_path / "temporary"
    temporary.mkdir()
    page = write(tmp_path / "files", [row for two in TWICE for row in two])
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, "match", str(page)],
        check=False,
        cwd=wire.PROJECT,
        env={
            **os.environ,
            "OMNITOUCH_WAREHOUSE": str(warehouse.root),
            "TMPDIR": str(temporary),
        },
    )
    assert ran.returncode == -signal.SIGKILL
    spilled = warehouse.root / "matching"
    assert any(path.stat().st_size for path in spilled.iterdir())
    assert spilled.stat().st_mode & 0o077 == 0
    assert not [*temporary.iterdir()]

    with warehouse.matching(), pytest.raises(WarehouseBusyError, match="is being matched into"):
        match(warehouse, page)
    (spilled / "left").mkdir(parents=True)
    match(warehouse, page)
    assert not spilled.exists()
    assert pair(*TWICE[0]) in matches(warehouse)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "顾客",
            "姓名",
            "records.yml: tills.jsonl, file: column '姓名' not found; "
            "the file has 手机, 顾客, 出生, 城市, 住址",
        ),
        (
            "会员号}",
            "卡号}",
            "members.csv, line 1: column '卡号' not found; the file has 会员号, 姓名, 生日, 城市",
        ),
        ("encoding: gbk", "encoding: utf-8", "members.csv, line 1: no utf-8 text"),
        ("encoding: gbk", "encoding: gbk\n    separator: ;", "its first line has 1 fields"),
        ("members.csv", "nobody.csv", "no file matches nobody.csv"),
        (
            "birth_date: 生日",
            "birthday: 生日",
            "unknown role 'birthday'; did you mean 'birth_date'",
        ),
        ("full_name: 姓名", "surname: 姓名", "map either `full_name` in every file"),
        ("id: {phone: 手机}", "id: {phones: 手机}", "unknown identifier type 'phones'"),
        ("keep_from: 0.5", "keep_from: 50", "`keep_from` is a probability"),
        ("name: members", "name: my members", "the name may hold letters"),
    ],
)
def test_what_is_wrong_with_a_declaration_is_said(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    page = write(tmp_path / "files", strangers(3))
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ManifestError, match=re.escape(said)):
        read_records(read_declaration(page), wire.PSEUDONYMISER)


def test_of_a_file_without_a_header_the_first_person_is_not_named(tmp_path: Path) -> None:
    page = write(tmp_path / "files", ())
    (page.parent / "members.csv").write_bytes("\n".join((*TWICE[0], "")).encode("gbk"))
    with pytest.raises(ManifestError) as raised:
        read_records(read_declaration(page), wire.PSEUDONYMISER)
    assert "none of '姓名', '生日', '城市', '地址', '会员号' is among them" in str(raised.value)
    assert not any(name in str(raised.value) for name in NAMES)


def test_dates_names_and_cities_are_cleaned_before_they_are_compared(tmp_path: Path) -> None:
    page = write(tmp_path / "files", [TWICE[2][0], TWICE[2][1].replace("/7/12", "年7月12日")])
    page.write_text(page.read_text(encoding="utf-8").partition("  - path: tills")[0], "utf-8")
    records = read_records(read_declaration(page), wire.PSEUDONYMISER).table
    assert records["full_name"].to_pylist() == ["诸葛明亮"] * 2
    assert records["birth_date"].to_pylist() == ["1979-07-21", "1979-07-12"]
    # one byte a character: DuckDB counts a typo in bytes
    assert {len(text.encode()) for text in records["full_name_spelled"].to_pylist()} == {4}


@pytest.mark.parametrize(
    ("rows", "pairs", "rules_learned_by"),
    [
        # nobody has anything in common, one has a birth date that no other can be compared with
        (["M1,张伟,1990-01-01,上海,", "M2,李强,,北京,", "M3,孙丽,,南京,"], set(), 0),
        (["M1,,1970-09-22,,", "M2,,1970-09-22,,", "M3,孙丽,,南京,"], set(), 1),
        # one birth date is too little to learn from, but somebody else is of that city
        ([*TWICE[0], "M1,张伟,1990-01-01,上海,"], {pair(*TWICE[0])}, 1),
        ([], set(), 0),
    ],
)
def test_a_handful_of_records_is_matched_with_usual_weights(
    tmp_path: Path, rows: list[str], pairs: set[tuple[str, str]], rules_learned_by: int
) -> None:
    page = write(tmp_path / "files", rows)
    page.write_text(page.read_text(encoding="utf-8").partition("  - path: tills")[0], "utf-8")
    scored = score(read_records(read_declaration(page), wire.PSEUDONYMISER), 0.5, tmp_path)
    assert {found[:2] for found in scored.pairs} == pairs
    assert scored.rules_learned_by == rules_learned_by


def test_what_many_records_have_in_common_leads_to_no_comparison(tmp_path: Path) -> None:
    rows = [f"M{number},张伟,,,{number}{number}号" for number in range(10, 61)]
    page = write(tmp_path / "files", rows)
    scored = score(read_records(read_declaration(page), wire.PSEUDONYMISER), 0.5, tmp_path)
    assert scored.passed_over == {"full_name": 1}
    assert scored.compared == 0


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    page = write(tmp_path / "files", strangers(3))
    code = (
        "import sys; sys.modules['splink'] = None; from ingestion.__main__ import main; "
        "raise SystemExit(main())"
    )
    command = [sys.executable, "-c", code, "match", str(page)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=wire.PROJECT)
    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        "error: splink is not installed: uv sync --extra matching, or pip install splink"
    )
