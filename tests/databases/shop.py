"""A member system: members, points and orders, as such tables are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from ingestion.databases.pulling import Pulled, pull_tables
from ingestion.loading import Outcome
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

HEAD = "connection: SHOP_DATABASE\ntables:\n"
MEMBERS = (
    "table: members, shape: profiles, cursor: updated_at, "
    "columns: {occurred_at: updated_at, customer: id, name: 姓名, level: level, city: city}, "
    "identifiers: {phone: phone}"
)
POINTS = (
    "table: points, shape: events, cursor: id, overlap: 3, key: [id], source: loyalty, "
    "columns: {customer: member_id, occurred_at: at, event: kind, value: amount}"
)
ORDERS = (
    "table: orders, shape: orders, mode: snapshot, key: [id], when_gone: {status: cancelled}, "
    "values: {status: {'1': paid, '0': placed}}, "
    "columns: {customer: member_id, order_id: id, occurred_at: at, amount: amount, status: is_paid}"
)
# With a zone, and without one: what is written there is Beijing time.
INSTANT = sa.TIMESTAMP(timezone=True).with_variant(mysql.TIMESTAMP(fsp=6), "mysql", "mariadb")
LOCAL = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
FLAG = sa.SmallInteger().with_variant(mysql.TINYINT(1), "mysql", "mariadb")

metadata = sa.MetaData()
members = sa.Table(
    "members",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("phone", sa.String(40)),
    sa.Column("姓名", sa.String(40)),
    sa.Column("level", sa.String(20)),
    sa.Column("city", sa.String(20)),
    sa.Column("password", sa.String(20)),
    sa.Column("updated_at", INSTANT, nullable=True),
)
points = sa.Table(
    "points",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger),
    sa.Column("kind", sa.String(20)),
    sa.Column("amount", sa.Numeric(12, 2)),
    sa.Column("at", LOCAL),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("member_id", sa.BigInteger),
    sa.Column("amount", sa.Numeric(12, 2)),
    sa.Column("is_paid", FLAG),
    sa.Column("at", LOCAL),
)


@dataclass
class Shop:
    """The shop's database."""

    engine: sa.Engine

    def __post_init__(self) -> None:
        metadata.create_all(self.engine)

    @property
    def address(self) -> str:
        return self.engine.url.render_as_string(hide_password=False)

    def write(self, *statements: Any) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)


def declare(folder: Path, *tables: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tables.yml"
    path.write_text(HEAD + "".join(f"  - {{{table}}}\n" for table in tables), encoding="utf-8")
    return path


def pull(warehouse: Warehouse, declaration: Path, **named: Any) -> tuple[list[Pulled], Outcome]:
    pulled, outcome = pull_tables(warehouse, declaration, lambda _: None, **named)
    wire.assert_balanced(warehouse)
    return pulled, outcome
