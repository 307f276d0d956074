"""Warehouses for the tests of audit and publish."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import fake_marts
import pytest

from expectations.audit import AuditResult
from expectations.export import export_from_duckdb
from expectations.marts import read_marts
from expectations.publish import Publication, publish
from ingestion.warehouse import Warehouse


def accept_everything(_database: Path, rows: dict[str, int], *, report: Path, **_: object):
    """Stand in for the audit where the test is about publishing."""
    report.mkdir(parents=True)
    return AuditResult(report / "index.html", len(rows), 0)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with built marts and nothing published."""
    fake_marts.build(tmp_path)
    return Warehouse(tmp_path)


@pytest.fixture
def publish_now(warehouse: Warehouse) -> Callable[..., Publication]:
    """Publish the warehouse without asking Great Expectations, unless told otherwise."""

    def run(**options: object) -> Publication:
        options.setdefault("auditor", accept_everything)
        exporter = options.pop("exporter", export_from_duckdb(warehouse.database))
        marts = read_marts(warehouse.manifest, options.pop("marts", ()))
        return publish(warehouse, marts, exporter, **options)

    return run


@pytest.fixture
def changed() -> Callable[..., object]:
    """Change the build database for the length of a with block."""

    @contextmanager
    def change(warehouse: Warehouse, *statements: str) -> Iterator[None]:
        original = warehouse.database.read_bytes()
        fake_marts.change(warehouse.root, *statements)
        try:
            yield
        finally:
            warehouse.database.write_bytes(original)

    return change
