"""dbt reads the project first, and builds when it is told to."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.building import build_when_told
from tests.warehouse import worlds

KINDS = ("--select", "device_kinds")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all tests: the project is read in full once, or was, for a warehouse of this name."""
    directory = tmp_path_factory.mktemp("built")
    known = Path(os.environ.get("OMNITOUCH_READ") or directory)
    assert not (known / "landing").exists(), f"{known} is to be written to, and is not empty"
    if known != directory:
        shutil.copytree(known / "target", directory / "target")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(worlds.PROJECT)
        patch.setenv("OMNITOUCH_WAREHOUSE", str(known))
        patch.setenv("DBT_TARGET_PATH", str(directory / "target"))
        patch.setenv("DBT_LOG_PATH", str(directory / "logs"))
        yield known


def test_without_a_line_nothing_is_built(warehouse: Path) -> None:
    database = warehouse / "omnitouch.duckdb"
    before = database.stat() if database.exists() else None
    command = [sys.executable, "-m", "ingestion", "build"]
    done = subprocess.run(command, input="", text=True, check=False)
    assert done.returncode == 0
    assert (database.stat() if database.exists() else None) == before


def test_a_line_starts_the_build(warehouse: Path) -> None:
    assert build_when_told(io.StringIO("\n"), *KINDS) == 0
    worlds.release()
    assert worlds.query(warehouse, "select count(*) from seeds.device_kinds") > [(5,)]


def test_the_exit_code_is_dbts(warehouse: Path) -> None:
    # no model is built: a view on what is not there fails
    assert build_when_told(io.StringIO("\n"), "--select", "marts.core") == 1
    worlds.release()
    assert build_when_told(io.StringIO("\n"), "--no-such-option") == 2


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose seeds may be edited."""
    project = tmp_path_factory.mktemp("project")
    for folder in ("models", "macros", "seeds", "tests/data"):
        shutil.copytree(worlds.PROJECT / folder, project / folder)
    for file in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(worlds.PROJECT / file, project)
    return project


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%tv%,电视,tv", "line 2: 3 values for 2 columns. Leave nothing"),
        ("%tv%", "line 2: 1 values for 2 columns. Leave nothing"),
        ("%电视%,tv".encode("gb18030"), "line 2: no UTF-8 text. Save it as CSV UTF-8."),
        ('%tv%,"tv,', "line 2: unexpected end of data. Close every double quote."),
    ],
)
def test_a_line_of_a_seed_that_is_out_of_shape_is_told(
    warehouse: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    line: str | bytes,
    told: str,
) -> None:
    seed = project / "seeds" / "device_kinds.csv"
    first, *others = seed.read_bytes().splitlines()
    added = line.encode() if isinstance(line, str) else line
    monkeypatch.chdir(project)
    try:
        seed.write_bytes(b"\n".join([first, added, *others, b""]))
        assert build_when_told(io.StringIO("\n"), *KINDS) in (1, 2)
    finally:
        seed.write_bytes(b"\n".join([first, *others, b""]))
        worlds.release()
    _, error = capfd.readouterr()
    assert f"seeds/device_kinds.csv, {told}" in error


def test_a_line_of_a_seed_that_breaks_a_rule_is_told(
    warehouse: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    bad = [
        "half_and_less,半,rule,,channel,false,purchse,,every,,0.5,0,0,0,0,0,0,0,0,0,not all",
        "misspelt,错,rul,,channel,false,,,every,,0,0,0,0,0,0,0,0,0,0,no such kind",
        "linear,又,rule,,channel,false,,,every,,1,0,0,0,0,0,0,0,0,0,a name twice",
    ]
    seed = project / "seeds" / "attribution_models.csv"
    sent = project / "seeds" / "message_contents.csv"
    with sent.open("a", encoding="utf-8") as file:
        file.write("unattributed,%,a word that stands where there is no channel\n")
    # the model of operations is no line now
    renamed = seed.read_text(encoding="utf-8").replace("\nlast_non_direct,", "\nlast_that_is,")
    seed.write_text(renamed + "\n".join(bad) + "\n", encoding="utf-8")
    monkeypatch.chdir(project)
    seeds = ("--select", "attribution_models", "conversion_types", "event_types")
    seeds += ("message_contents", "channels")
    assert build_when_told(io.StringIO("\n"), *seeds) == 1
    worlds.release()
    by_dbt, told = capfd.readouterr()
    path = "seeds/attribution_models.csv"
    line = f"{path}: attribution_model half_and_less"
    assert f"{line}: it must be that shares of a rule sum to one\n" in told
    assert f"{line}, word purchse, ordinal 1: it must be that models are for conversion" in told
    kinds = "kind must be one of rule, markov, shapley"
    assert f"{path}: value_field rul, n_records 1: {kinds}\n" in told
    twice = "there must be one line for each attribution_model, with all that it needs"
    assert f"{path}: attribution_model linear, row_count 2: {twice}\n" in told
    none = "value_field unattributed, n_records 1: channel must be a channel of the seed channels"
    assert f"seeds/message_contents.csv: {none}\n" in told
    # what is no line of a seed is told by dbt alone
    assert "assert_the_model_of_operations_is_a_line" in by_dbt
    assert "operations" not in told
