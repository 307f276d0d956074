"""A manifest that cannot be followed says where it is wrong, and what would be right."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from ingestion.loading import run
from ingestion.manifest import SETTINGS, SHAPES, ManifestError, read_manifest
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

GOOD = {
    "name": "crm",
    "path": "crm.csv",
    "shape": "orders",
    "columns": "{occurred_at: at, amount: amount, customer: who}",
}


def manifest(folder: Path, **settings: str | None) -> Path:
    entry = {name: text for name, text in {**GOOD, **settings}.items() if text is not None}
    lines = "\n".join(f"    {name}: {text}" for name, text in entry.items())
    return wire.declare(folder, f"files:\n  -\n{lines}\n")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shap": "orders"}, "crm: unknown setting 'shap'; did you mean 'shape'?"),
        ({"shape": "order"}, "did you mean 'orders'?"),
        ({"shape": None}, "`shape` is missing"),
        ({"name": None}, "file 1: `name` is missing"),
        ({"path": None}, "`path` is missing"),
        ({"columns": "{occured_at: at, amount: a, customer: who}"}, "did you mean 'occurred_at'?"),
        ({"columns": "{occurred_at: at, customer: who}"}, "need `amount`, or `quantity`"),
        ({"columns": "{amount: a, customer: who}"}, "a file of orders needs occurred_at"),
        ({"columns": "{occurred_at: at, amount: a}"}, "says not who"),
        ({"columns": "[at, a]"}, "`columns` is no mapping"),
        ({"columns": "{occurred_at: at, amount: , customer: who}"}, "amount has no text"),
        ({"identifiers": "{phon: tel}"}, "unknown identifier type 'phon'; did you mean 'phone'?"),
        ({"values": "{stat: {a: b}}"}, "unknown field 'stat'"),
        ({"values": "{status: paid}"}, "`status` is no mapping"),
        ({"values": "{status: {ok: complet}}"}, "did you mean 'completed'?"),
        ({"constants": "{status: done}"}, "Known: placed, paid, completed, refunded, cancelled"),
        ({"constants": "{colour: red}"}, "unknown field 'colour'"),
        ({"encoding": "gbq"}, "unknown encoding 'gbq'; try utf-8 or gb18030"),
        ({"encoding": "utf-16"}, "save them as utf-8"),
        ({"encoding": "rot13"}, "unknown encoding 'rot13'"),
        ({"time_zone": "Asia/Beijing"}, "try Asia/Shanghai"),
        ({"time_zone": "Asia"}, "unknown time_zone 'Asia'"),
        ({"time_format": "'%Y-%Q'"}, "time_format '%Y-%Q' cannot be read"),
        ({"separator": "'||'"}, "neither one character nor `whitespace`"),
        ({"header": "a,b"}, "`header` is no list of names"),
        ({"key": "id"}, "`key` is no list of names"),
        ({"money_unit": "cents"}, "unknown money_unit 'cents'"),
        ({"negative_amounts": "returns"}, "did you mean 'return'?"),
        ({"source": "my shop"}, "may hold letters, digits"),
        ({"path": "crm.xlsx"}, "cannot tell the format"),
        ({"format": "excel"}, "unknown format 'excel'"),
        ({"time_zone": "[Asia/Shanghai]"}, "`time_zone` is no text"),
        (
            {"shape": "paths", "columns": "{path: p, conversions: n, customer: who}"},
            "are about no person",
        ),
    ],
)
def test_what_cannot_be_followed_is_named(
    tmp_path: Path, settings: dict[str, str | None], message: str
) -> None:
    with pytest.raises(ManifestError) as raised:
        read_manifest(manifest(tmp_path, **settings))
    assert message in str(raised.value)
    assert "manifest.yml" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("files: {", "no YAML"),
        ("- a", "holds no list named `files`"),
        ("files: crm", "holds no list named `files`"),
        ("files: [crm]", "file 1 is no mapping"),
    ],
)
def test_what_is_no_manifest_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        read_manifest(wire.declare(tmp_path, text))


def test_a_name_used_twice_is_refused(tmp_path: Path) -> None:
    path = manifest(tmp_path)
    path.write_text(path.read_text() + path.read_text().removeprefix("files:\n"))
    with pytest.raises(ManifestError, match="'crm' is used twice"):
        read_manifest(path)


def test_a_missing_file_or_manifest_stops_before_anything_is_loaded(warehouse: Warehouse) -> None:
    wire.deliver(warehouse, "wechat_oa", [wire.wechat_oa(1)])
    with pytest.raises(ManifestError, match=r"crm: no file matches crm\.csv"):
        run(warehouse, [manifest(warehouse.root)], lambda _: None)
    done = wire.command(warehouse, "load", warehouse.root / "nowhere.yml")
    assert done.returncode == 1
    assert "nowhere.yml: cannot be read (No such file or directory)" in done.stderr
    assert not wire.tables(warehouse)


def test_scalars_stay_as_they_are_written(tmp_path: Path) -> None:
    path = manifest(
        tmp_path, values="{status: {yes: paid, 007: placed}}", constants="{store: 0010}"
    )
    (entry,) = read_manifest(path)
    assert entry.values == {"status": {"yes": "paid", "007": "placed"}}
    assert entry.constants == {"store": "0010"}


def test_the_page_on_declared_files_is_true(tmp_path: Path) -> None:
    page = (wire.PROJECT / "docs" / "declared-files.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"| `{name}` |" not in page] == []
    for shape, known in SHAPES.items():
        section = page.partition(f"**`{shape}`**")[2].partition("```")[0]
        assert [field for field in known.fields if f"`{field}`" not in section] == []
        assert [field for field in known.required if f"**`{field}`**" not in section] == []
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == len(SHAPES) + 1
    for example in examples:
        entry = textwrap.indent(f"name: table\npath: table.csv\n{example}", "    ")
        text = example if "files:" in example else f"files:\n  -\n{entry}"
        assert read_manifest(wire.declare(tmp_path, text))
