"""What every test starts from: a key of its own, a warehouse of its own, nobody told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.warehouse import Warehouse

TEST_KEY = "0f" * 32
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files come first: processes share the tests out by file."""
    items.sort(key=lambda item: ("spark" not in item.keywords, "warehouse" not in item.path.parts))


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    values = {
        "OMNITOUCH_HMAC_KEY": TEST_KEY,
        "OMNITOUCH_WAREHOUSE": str(tmp_path_factory.mktemp("default_warehouse")),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        # Processes that a test starts compile their imports once, not every time.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield
    assert os.environ.get("OMNITOUCH_HMAC_KEY") != TEST_KEY


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets (../shared/data) are not on this machine")
    return SHARED_DATA
