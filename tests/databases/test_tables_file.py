"""A declaration that cannot be followed, an address that is none: one sentence says what helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestion.databases.declaration import read_tables
from ingestion.manifest import ManifestError
from ingestion.warehouse import Warehouse
from tests.databases.shop import HEAD, MEMBERS, ORDERS, POINTS, declare
from tests.ingestion import wire
from tests.kafka.conftest import free_port


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tables: []", "`connection` is missing"),
        ("connection: SHOP_DATABASE", "holds no list named `tables`"),
        ("connection: SHOP_DATABASE\ntables: []", "name at least one table"),
        (
            f"{HEAD.replace('SHOP_DATABASE', 'NO_SUCH_SECRET')}  - {{{POINTS}}}",
            "no secret NO_SUCH_SECRET",
        ),
        (f"{HEAD}  - {{shape: events}}", "without a `table`"),
        (f"{HEAD}  - {{{POINTS}}}\n  - {{{POINTS}}}", "is used twice"),
        (f"{HEAD}  - {{{POINTS}, mode: snapshot}}", "needs either `cursor`"),
        (f"{HEAD}  - {{{POINTS.replace('cursor: id, ', '')}}}", "needs either `cursor`"),
        (f"{HEAD}  - {{{POINTS.replace('key: [id], ', '')}}}", "`key` is missing"),
        (f"{HEAD}  - {{{POINTS.replace('3', 'a day')}}}", "`overlap` is no whole number"),
        (f"{HEAD}  - {{{POINTS}, path: x.csv}}", "`path` is for files"),
        (f"{HEAD}  - {{{POINTS}, when_gone: {{value: 0}}}}", "`when_gone` is for snapshots"),
        (f"{HEAD}  - {{{ORDERS.replace('{status: c', '{state: c')}}}", "unknown mapped field"),
        (
            f"{HEAD}  - {{{ORDERS.replace('occurred_at: at', 'occurred_at: at, updated_at: up')}}}",
            "Leave `updated_at` out: the pull tells",
        ),
        (
            f"{HEAD}  - {{{MEMBERS.replace('occurred_at: updated_at, ', '')}}}",
            "map `occurred_at` to the column of the last change",
        ),
    ],
)
def test_what_is_wrong_is_said(
    warehouse: Warehouse, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DATABASE", "sqlite://")
    path = tmp_path / "tables.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=re.escape(said)):
        read_tables(path, warehouse)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("shop:s3cret@db", "the database's address is none"),
        ("postgresql+psycopg://shop:a@b:s3cret@db/shop", "percent-encoded"),
        ("postgresql+psycopg://shop@db:s3cret/shop", "percent-encoded"),
        ("postgresql+psycopg://shop:a@s3cret@db/shop", "percent-encoded"),
        ("postgresql+psycopg://shop:a@b/s3cret@db/shop", "percent-encoded"),
        ("nosuch://shop:s3cret@db/shop", "the database's address is none"),
        ("oracle+oracledb://shop:s3cret@db/shop", "oracledb is not installed"),
        ("postgresql+psycopg://shop:s3cret@127.0.0.1:{port}/shop", "points: connection failed"),
    ],
)
def test_an_address_that_does_not_work_is_told_without_its_password(
    address: str, said: str, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="needs the sql extra")
    monkeypatch.setenv("SHOP_DATABASE", address.format(port=free_port()))
    ran = wire.command(warehouse, "pull-tables", declare(tmp_path / "d", POINTS))
    assert ran.returncode in (1, 2)
    assert said in ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr
    assert len(ran.stderr.splitlines()) == 1
