"""dbt reads the project first, and builds when it is told to."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.building import build_when_told
from tests.warehouse import worlds

KINDS = ("--select", "device_kinds")


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(worlds.PROJECT)
    monkeypatch.setenv("OMNITOUCH_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return tmp_path


def test_a_line_starts_the_build(warehouse: Path) -> None:
    assert build_when_told(io.StringIO("\n"), *KINDS) == 0
    worlds.release()
    assert worlds.query(warehouse, "select count(*) from seeds.device_kinds") > [(5,)]


def test_the_exit_code_is_dbts(warehouse: Path) -> None:
    # no model is built: a view on what is not there fails
    assert build_when_told(io.StringIO("\n"), "--select", "marts.core") == 1
    worlds.release()
    assert build_when_told(io.StringIO("\n"), "--no-such-option") == 2


def test_without_a_line_nothing_is_built(warehouse: Path) -> None:
    command = [sys.executable, "-m", "ingestion", "build"]
    done = subprocess.run(command, input="", text=True, check=False)
    assert done.returncode == 0
    assert not (warehouse / "omnitouch.duckdb").exists()
