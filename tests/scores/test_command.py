"""What the command says where nothing can be learned."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from ingestion.scores import ScoresError
from ingestion.scores.scores import scores
from ingestion.warehouse import Warehouse
from tests.warehouse.worlds import PROJECT


def test_without_a_warehouse_one_sentence_says_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(ScoresError, match="holds no warehouse yet"):
        scores(warehouse)
    warehouse.root.mkdir()
    duckdb.connect(str(warehouse.database)).close()
    with pytest.raises(ScoresError, match="the models are not built yet"):
        scores(warehouse)


def test_on_spark_one_sentence_says_so(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNITOUCH_ENGINE", "spark")
    with pytest.raises(ScoresError, match="this warehouse is built by Spark"):
        scores(warehouse)


def test_without_the_extra_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None; from ingestion.__main__ import main; "
        "raise SystemExit(main())"
    )
    command = [sys.executable, "-c", code, "scores"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=PROJECT)
    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        "error: sklearn is not installed: uv sync --extra scores, or pip install scikit-learn"
    )
