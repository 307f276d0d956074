"""The same models on Spark and Delta: the same marts as on DuckDB, for any order of arrivals."""

from __future__ import annotations

import os
import random
import shutil
from hashlib import md5
from pathlib import Path

import duckdb
import networkx as nx
import pandas as pd
import pytest

from ingestion.loading import run as load
from ingestion.sample_brand import write_sample_brand
from ingestion.warehouse import Warehouse
from tests.identity.test_components import disjoint
from tests.warehouse import learned, spark_worlds, worlds

LACKS = spark_worlds.missing()
pytestmark = [pytest.mark.spark, pytest.mark.skipif(LACKS is not None, reason=str(LACKS))]
DELIVERIES = 2
GRAPHS = 50
SCHEDULES = int(os.environ.get("OMNITOUCH_TEST_SPARK_SCHEDULES", "0"))
# What seeds and raw tables hold is tested on DuckDB.
MODELS = ("staging", "intermediate", "marts")
# Tests of the data are dear there, and marts that equal DuckDB's keep what those keep.
TESTED = MODELS if SCHEDULES else ("marts.core",)
# Unit tests hold the logic of a model, not an engine's; on Spark they would take minutes.
UNIT_TESTS = ("resource_type:unit_test",)


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the sample brand."""
    directory = tmp_path_factory.mktemp("brand")
    write_sample_brand(directory, people=250, days=30, seed=11)
    return directory


@pytest.fixture(scope="module")
def spark(brand: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Spark warehouse of this process, with seeds and staging, and nothing delivered."""
    directory = tmp_path_factory.mktemp("spark")
    spark_worlds.dbt(directory, "seed")
    if not SCHEDULES:  # in those every source delivers
        delivering = {path.name for path in (brand / "landing").iterdir()}
        spark_worlds.leave_empty(set(worlds.RECORD_TABLES) - delivering)
    spark_worlds.dbt(directory, "run", "--select", "staging")
    return directory


def test_marts_equal_those_of_duckdb_after_two_deliveries(
    brand: Path, spark: Path, tmp_path: Path
) -> None:
    on_duckdb = tmp_path / "duckdb"
    worlds.empty_warehouse(on_duckdb)
    learned.land(on_duckdb)
    with worlds.environment(OMNITOUCH_ENGINE="spark"):
        learned.land(spark)
    # The manifest and its files come first; of the rest every second file comes late.
    late = sorted(path for path in brand.glob("landing/*/*.*") if path.parent.name != "declared")
    shutil.copytree(brand / "landing" / "declared", on_duckdb / "landing" / "declared")
    shutil.copytree(brand / "landing" / "declared", spark / "landing" / "declared")
    for number in range(DELIVERIES):
        for path in late[number::DELIVERIES]:
            for target in (on_duckdb, spark):
                copied = target / path.relative_to(brand)
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copied)
        _load(on_duckdb)
        models = worlds.models_of(number + 1, DELIVERIES)
        worlds.dbt(on_duckdb, "run", *models)
        with worlds.environment(OMNITOUCH_ENGINE="spark"):
            _load(spark)
        spark_worlds.dbt(spark, "run", *models)
    expected = worlds.marts(on_duckdb)
    assert len(expected["orders"]) > 20
    assert len(expected["customer_matches"]) > 1
    assert expected["customer_scores"]["reasons"].nunique() > 3
    worlds.assert_same(spark_worlds.marts(spark), expected)
    assert _accounted(spark_worlds.mart(spark, worlds.NAMES_LOADS)).equals(
        _accounted(_duckdb_mart(on_duckdb, worlds.NAMES_LOADS))
    )
    assert spark_worlds.views_too_long(spark) == {}
    spark_worlds.dbt(spark, "test", "--select", *TESTED, "--exclude", *UNIT_TESTS)


def test_components_are_those_of_networkx(spark: Path) -> None:
    links = [(hashed(one), hashed(other)) for one, other in disjoint(random.Random(9), GRAPHS)]
    judged = "int_identifier_links_judged"
    if not (spark / "lake" / "intermediate.db" / judged).exists():
        upstream = ("+int_identifiers_clustered", "--exclude", "staging")
        spark_worlds.dbt(spark, "run", "--select", *upstream)
    spark_worlds.append(
        f"intermediate.{judged}", pd.DataFrame(links, columns=["strong_id", "weak_id"])
    )
    spark_worlds.dbt(spark, "run", "--full-refresh", "--select", "int_identifiers_clustered")
    found = spark_worlds.view("intermediate", "int_identifiers_clustered")
    known = spark_worlds.table(spark, "intermediate", judged)
    holding = known[known["rejected_by"].isna() & (known["strong_id"] != known["weak_id"])]
    graph = nx.from_pandas_edgelist(holding, "strong_id", "weak_id")
    expected = {
        node: min(component) for component in nx.connected_components(graph) for node in component
    }
    assert dict(zip(found["identifier_id"], found["component_id"], strict=True)) == expected
    assert len(set(expected.values())) > GRAPHS * 0.9


def hashed(text: str) -> int:
    """The id of an identifier, as macros/engine/hash_id.sql makes it."""
    return int(md5(text.encode(), usedforsecurity=False).hexdigest()[:16], 16) >> 1


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, pd.DataFrame]]:
    """A world, and its marts as DuckDB builds them in one go."""
    directory = tmp_path_factory.mktemp("world")
    return directory, worlds.built_whole(directory, seed=0)


@pytest.mark.skipif(
    SCHEDULES == 0, reason="takes many minutes: set OMNITOUCH_TEST_SPARK_SCHEDULES=3"
)
@pytest.mark.parametrize("schedule", range(max(SCHEDULES, 1)))
def test_any_schedule_of_deliveries_ends_in_the_marts_of_a_full_refresh(
    world: tuple[Path, dict[str, pd.DataFrame]], spark: Path, schedule: int
) -> None:
    directory, expected = world
    spark_worlds.empty(spark)
    dealt = worlds.deal(directory, DELIVERIES, seed=schedule)
    for number, delivery in enumerate(dealt, 1):
        before = spark_worlds.watermarks(spark)
        spark_worlds.deliver(directory, spark, delivery, number)
        if number == DELIVERIES:
            with worlds.environment(OMNITOUCH_ENGINE="spark"):
                learned.land(spark)
        fresh = ["--full-refresh"] if number == 1 else []
        spark_worlds.dbt(spark, "run", *fresh, *worlds.models_of(number, DELIVERIES))
    worlds.assert_same(spark_worlds.marts(spark), expected)

    # No transaction holds rows and watermark together: as if the last run had died in between.
    if schedule == 0:
        spark_worlds.put_back(before)
        spark_worlds.dbt(spark, "run", *worlds.EVERYTHING, worlds.VIEWS)
        worlds.assert_same(spark_worlds.marts(spark), expected)


def _load(directory: Path) -> None:
    manifest = directory / "landing" / "declared" / "sample_brand.yml"
    load(Warehouse(directory), [manifest], lambda _: None)


def _accounted(rows: pd.DataFrame) -> pd.DataFrame:
    """Loads are named by the engine's own loader: what they sum to by source must agree."""
    return rows.groupby("source")[[name for name in rows if name.startswith("rows_")]].sum()


def _duckdb_mart(warehouse: Path, name: str) -> pd.DataFrame:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        return database.execute(f"select * from marts.{name}").df()
