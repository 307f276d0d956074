"""Rows of a table as JSON, in the order in which they were written, their times with a zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from dlt.extract.exceptions import ResourceExtractionError
from dlt.sources.sql_database import sql_table
from sqlalchemy.dialects import mysql

from ingestion.databases import TableError
from ingestion.databases.declaration import SEEN_AT, Table

ROWS_AT_ONCE = 5_000
# Text sorts as numbers and times only by luck.
CURSORS = (date, int, Decimal)
Cursor = date | int | Decimal


class Row(NamedTuple):
    """One row as JSON values, and where it stands; None where it has nothing that tells."""

    cursor: Cursor | None
    values: dict[str, Any]


def connect(address: str) -> sa.Engine:
    """The database at an address (SQLAlchemy's form).

    Raises:
        TableError: the address is none, or its driver is not installed.
    """
    try:
        engine = sa.create_engine(address)
        # the rest of an unescaped password, which the driver's own errors would show
        if engine.url.host and "@" in f"{engine.url.host}{engine.url.database}":
            raise ValueError
    except (sa.exc.ArgumentError, ValueError):
        # never with the address itself, nor with a port that is the end of an unescaped password
        raise TableError(
            "the database's address is none: write driver://user:password@host:port/database, with "
            "@ : / and % in the password percent-encoded (%40 %3A %2F %25)"
        ) from None
    except ModuleNotFoundError as error:
        raise TableError(
            f"{error.name} is not installed: uv sync --extra sql, or pip install {error.name}"
        ) from error
    if engine.dialect.name in ("mysql", "mariadb"):
        # A TIMESTAMP is shown in the zone of the session: let that be one we know.
        @sa.event.listens_for(engine, "connect")
        def in_utc(connection: Any, _: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("set time_zone = '+00:00'")

    return engine


class Reader:
    """Reads one table."""

    def __init__(self, engine: sa.Engine, table: Table) -> None:
        """Look at the table's columns.

        Raises:
            TableError: the table, a column that the mapping names, or the database is not there.
        """
        self._engine, self._table = engine, table
        schema, _, self._name = table.table.rpartition(".")
        self._schema = schema or None
        with self._errors_told():
            columns = sa.inspect(engine).get_columns(self._name, self._schema)
        types = {column["name"]: column["type"] for column in columns}
        cursor = [table.cursor] if table.cursor else []
        wanted = dict.fromkeys((*table.entry.column_names, *table.key, *cursor))
        self._columns = [column for column in wanted if column != SEEN_AT]
        if missing := [column for column in self._columns if column not in types]:
            raise TableError(
                f"{table.table}: column {', '.join(map(repr, missing))} not found; the table has "
                f"{', '.join(types)}"
            )
        self._plain = {column: _plainer(types[column]) for column in self._columns}
        self._cursor_type = types.get(table.cursor)
        if cursor and not issubclass(self._cursor_type.python_type, CURSORS):
            raise TableError(
                f"{table.table}: the cursor {table.cursor!r} is neither a time nor a number: name "
                "another column, or use `mode: snapshot`"
            )

    def rows(self, since: str | None) -> Iterator[Row]:
        """Every row from the overlap before a cursor on, and those that have no cursor.

        Raises:
            TableError: the database refuses, or goes away.
        """
        table = self._table

        def query(query: Any, reflected: sa.Table) -> Any:
            if not table.cursor:
                return query.order_by(*(reflected.c[name] for name in table.key))
            column = reflected.c[table.cursor]
            if since is not None:
                query = query.where(sa.or_(column >= self._start(since), column.is_(None)))
            return query.order_by(column)

        with self._errors_told():
            found = sql_table(
                credentials=self._engine,
                table=self._name,
                schema=self._schema,
                included_columns=self._columns,
                chunk_size=ROWS_AT_ONCE,
                reflection_level="minimal",
                query_adapter_callback=query,
            )
            for row in found:
                cursor = row.get(table.cursor)
                yield Row(
                    cursor if isinstance(cursor, CURSORS) else None,
                    {
                        name: plain(row[name])
                        for name, plain in self._plain.items()
                        if row[name] is not None
                    },
                )

    def reached(self, cursor: Cursor, before: str | None) -> str:
        """How far has been read, never less than ``before``.

        Nor is it later than now: a row of the year 2099 would end all reading. Such rows are read
        again by every pull until their time comes.
        """
        if isinstance(cursor, datetime):
            cursor = min(cursor, self._now(cursor))
        elif isinstance(cursor, date):
            cursor = min(cursor, datetime.now(self._table.entry.time_zone).date())
        if before is not None:
            cursor = max(cursor, self._parsed(before))  # type: ignore[type-var]
        return cursor.isoformat() if isinstance(cursor, date) else str(cursor)

    def _now(self, like: datetime) -> datetime:
        if like.tzinfo:
            return datetime.now(UTC)
        zone = UTC if _is_in_utc(self._cursor_type) else self._table.entry.time_zone
        return datetime.now(zone).replace(tzinfo=None)

    def _parsed(self, cursor: str) -> Cursor:
        kind = self._cursor_type.python_type  # type: ignore[union-attr]
        if issubclass(kind, datetime):
            return datetime.fromisoformat(cursor)
        if issubclass(kind, date):
            return date.fromisoformat(cursor)
        # an index on whole numbers is of no use to a search for decimals
        return int(cursor) if issubclass(kind, int) else Decimal(cursor)

    def _start(self, since: str) -> Cursor:
        cursor, overlap = self._parsed(since), self._table.overlap
        if isinstance(cursor, datetime):
            return cursor - timedelta(seconds=overlap)
        if isinstance(cursor, date):
            # a day is not over until the next has begun
            return cursor - timedelta(days=1 + overlap // 86400)
        return cursor - overlap

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.NoSuchTableError as error:
            raise TableError(
                f"{self._table.table}: no such table; write schema.table where it is not in the "
                "connection's own schema"
            ) from error
        except (sa.exc.SQLAlchemyError, ResourceExtractionError) as error:
            cause: Any = error
            while cause.__cause__ is not None and not isinstance(cause, sa.exc.SQLAlchemyError):
                cause = cause.__cause__
            first_line = str(getattr(cause, "orig", None) or cause).strip().partition("\n")[0]
            raise TableError(f"{self._table.table}: {first_line}") from error


def _is_in_utc(kind: Any) -> bool:
    return isinstance(kind, mysql.TIMESTAMP)


def _plainer(kind: Any) -> Callable[[Any], Any]:
    """What turns a column's values into JSON."""
    if _is_in_utc(kind):
        return lambda value: f"{value}+00:00" if isinstance(value, datetime) else str(value)
    if isinstance(kind, mysql.BIT):
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value
    return _plain


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return bytes(value).hex()
    return value if isinstance(value, str | int | float | list | dict) else str(value)
