"""The test that says what one row of a table is: it fails for each thing that it promises."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.warehouse import worlds

TEST = "grain_in_app_browsers"
SPOILED = {
    "two rows of one key": "insert into seeds.in_app_browsers select * from seeds.in_app_browsers",
    "a key that is missing": "update seeds.in_app_browsers set pattern = null where priority = 1",
    "a value that is missing": "update seeds.in_app_browsers set browser = null where priority = 1",
}


@pytest.mark.parametrize("spoiling", SPOILED.values(), ids=SPOILED)
def test_a_broken_grain_is_told(tmp_path: Path, spoiling: str) -> None:
    worlds.empty_warehouse(tmp_path)
    worlds.dbt(tmp_path, "test", "--select", f"{TEST}*")
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.execute(spoiling)
    with pytest.raises(AssertionError, match=TEST):
        worlds.dbt(tmp_path, "test", "--select", f"{TEST}*")
