"""dbt reads the project first, and builds when it is told to."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.building import build_when_told
from tests.warehouse import worlds

KINDS = ["--select", "device_kinds"]


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(worlds.PROJECT)
    monkeypatch.setenv("OMNITOUCH_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return tmp_path


def test_a_line_starts_the_build_and_its_exit_code_is_dbts(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_when_told(KINDS, io.StringIO("\n")) == 0
    worlds.release()
    assert worlds.query(warehouse, "select count(*) from seeds.device_kinds") > [(5,)]
    assert build_when_told(["--no-such-option"], io.StringIO("\n")) == 2
    assert "No such option" in capsys.readouterr().err


def test_without_a_line_nothing_is_built(warehouse: Path) -> None:
    assert build_when_told(KINDS, io.StringIO("")) == 0
    assert not (warehouse / "omnitouch.duckdb").exists()


def test_the_run_calls_it_as_it_is_called(warehouse: Path) -> None:
    (call,) = (line for line in Path("run").read_text().splitlines() if "ingestion build" in line)
    arguments = call.partition("-m ingestion ")[2].partition(" >&")[0].split()
    command = [sys.executable, "-m", "ingestion", *arguments]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
