"""A database of its own for each test, in servers that all tests share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from tests.databases import servers
from tests.databases.shop import Shop


@pytest.fixture(scope="session")
def started() -> Iterator[dict[str, str]]:
    """The addresses of the servers that run already; they end with the session."""
    with ExitStack() as stack:
        yield Started(stack)


class Started(dict[str, str]):
    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack

    def __missing__(self, name: str) -> str:
        self[name] = self.stack.enter_context(getattr(servers, name)())
        return self[name]


@pytest.fixture(params=["postgres", "mariadb"])
def shop(
    request: pytest.FixtureRequest, started: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """The shop's database; its address is the secret SHOP_DATABASE."""
    server = sa.create_engine(started[request.param], isolation_level="AUTOCOMMIT")
    name = f"shop_{uuid.uuid4().hex[:8]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    server.dispose()
    # MariaDB takes an instant as of the session's zone
    utc = {"init_command": "set time_zone = '+00:00'"} if request.param == "mariadb" else {}
    shop = Shop(sa.create_engine(server.url.set(database=name), connect_args=utc))
    monkeypatch.setenv("SHOP_DATABASE", shop.address)
    yield shop
    shop.engine.dispose()
