"""A SQLAlchemy dialect that lets Great Expectations read DuckDB.

Great Expectations closes its connection before it fetches, and with plain duckdb-engine the rows
are gone by then: every expectation fails with "list index out of range", whatever the data. Here
each result is fetched as soon as its statement has run.
"""

from typing import Any

import duckdb
from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine import URL
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

DRIVERNAME = "duckdb+buffered"


class BufferedExecutionContext(PGExecutionContext_psycopg2):
    """Holds every row of a result in memory; an audit's results are small."""

    def post_exec(self) -> None:
        """Fetch everything while the connection is still open."""
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, self.cursor.description, initial_buffer=self.cursor.fetchall()
            )


class BufferedDialect(Dialect):
    """duckdb-engine's dialect, read-only and with buffered results."""

    driver = "buffered"
    supports_statement_cache = False
    execution_ctx_cls = BufferedExecutionContext

    def connect(self, *, database: str, **_ignored: Any) -> Any:
        """Open the file read-only and with no settings.

        duckdb-engine adds settings of its own, and DuckDB refuses a second connection from the same
        process to the same file under other settings.
        """
        return ConnectionWrapper(duckdb.connect(database, read_only=True))

    @classmethod
    def import_dbapi(cls) -> Any:
        """Name the DB-API module the way SQLAlchemy 2 asks for it."""
        return Dialect.dbapi()


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)


def url(database: str) -> str:
    """Return the connection string of a DuckDB file for this dialect."""
    return URL.create(DRIVERNAME, database=database).render_as_string()
